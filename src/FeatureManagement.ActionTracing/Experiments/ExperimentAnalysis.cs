using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>From the sums of a run to what they say: a pure function. The methods are those of docs/experiments.md.</summary>
internal static class ExperimentAnalysis
{
    /// <summary>How far the points of the history are apart.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The result of a check, and the evidence for later checks.</summary>
    /// <param name="run">What is measured.</param>
    /// <param name="tally">The sums.</param>
    /// <param name="earlier">The evidence of earlier checks.</param>
    /// <param name="now">The time of the check.</param>
    public static (ExperimentResult Result, ExperimentEvidence Evidence) Check(
        ExperimentRun run, ExperimentTally tally, ExperimentEvidence earlier, DateTimeOffset now)
    {
        ExperimentEvidence seen = earlier.Check(run, tally);
        ExperimentSampleRatio sampleRatio = SampleRatioOf(run, tally, seen, out double sampleRatioLogE);
        IReadOnlyList<ExperimentMetricResult> metrics =
        [
            .. run.Metrics.OrderBy(metric => metric.Role).Select(metric => Metric(run, tally, metric, sampleRatio.IsMismatch, seen, now)),
        ];
        (ExperimentVerdict verdict, string summary) = ExperimentWords.Overall(run, sampleRatio, metrics, tally.Units);
        var result = new ExperimentResult
        {
            Flag = run.Flag,
            Run = run.Number,
            Started = run.Steps[0].Since,
            At = now,
            Control = run.Config.Control,
            PrimaryMetric = run.Config.PrimaryMetric,
            Alpha = run.Config.Alpha,
            PlannedUnits = run.Config.PlannedUnits,
            Units = tally.Units,
            Verdict = verdict,
            Summary = summary,
            SampleRatio = sampleRatio,
            Metrics = metrics,
            History = [],
        };
        ExperimentEvidence evidence = seen.Add(result, sampleRatioLogE, Interval);
        return (result with { History = evidence.History }, evidence);
    }

    /// <summary>The result of a run that was not checked yet: it has no units.</summary>
    public static ExperimentResult BeforeChecks(ExperimentRun run) =>
        Check(run, ExperimentTally.For(run), new ExperimentEvidence { Run = run.Number }, run.Steps[0].Since).Result;

    private static ExperimentSampleRatio SampleRatioOf(
        ExperimentRun run, ExperimentTally tally, ExperimentEvidence earlier, out double logE)
    {
        SampleRatioEvidence evidence = default;
        long[] units = new long[run.Variants.Count];
        double[] expected = new double[run.Variants.Count];
        foreach (ExperimentStep step in run.Steps)
        {
            double[] weights = [.. step.Weights.Select(weight => (double)weight)];
            long[] counts = [.. run.Variants.Select((_, variant) => tally.Find(step.Number, variant)?.Sampled ?? 0)];
            evidence += SampleRatioEvidence.Of(weights, counts);
            (double total, long all) = (weights.Sum(), counts.Sum());
            for (int i = 0; i < counts.Length; i++)
            {
                units[i] += counts[i];
                expected[i] += all * weights[i] / total;
            }
        }
        logE = evidence.LogE;
        double largest = Math.Max(logE, earlier.SampleRatioLogE);
        return new ExperimentSampleRatio
        {
            IsMismatch = largest >= -Math.Log(SampleRatioEvidence.Alpha),
            PValue = Math.Min(1, Math.Exp(-largest)),
            Allocation = [.. run.Variants.Select((variant, i) => new ExperimentAllocation(variant, units[i], expected[i]))],
        };
    }

    private static ExperimentMetricResult Metric(
        ExperimentRun run, ExperimentTally tally, ExperimentMetric metric, bool broken, ExperimentEvidence earlier,
        DateTimeOffset now)
    {
        int place = run.MetricOf(metric.Name);
        int control = run.Control;
        Moments[] totals = [.. run.Variants.Select(
            (_, variant) => run.Steps.Aggregate(default(Moments), (sum, step) => sum + Of(step, variant)))];
        return new ExperimentMetricResult
        {
            Name = metric.Name,
            Kind = metric.Kind,
            Role = metric.Role,
            HigherIsBetter = metric.HigherIsBetter,
            Variants =
                [.. run.Variants.Select((variant, i) =>
                    new ExperimentArm(variant, totals[i].Count, totals[i].Count == 0 ? null : totals[i].Mean))],
            Comparisons = [.. Enumerable.Range(0, run.Variants.Count).Where(variant => variant != control).Select(Decide)],
        };

        Moments Of(ExperimentStep step, int variant) => tally.Find(step.Number, variant)?.Of(metric, place) ?? default;

        // What a guardrail has once said against a variant stands with the numbers that it rests on; later ones could only seem to deny it.
        ExperimentComparison Decide(int variant)
        {
            if (!broken && earlier.FinalOf(metric.Name, run.Variants[variant]) is { } final)
                return final;
            ExperimentComparison found = Compare(variant);
            if (metric.Role == MetricRole.Guardrail && found.Verdict == ExperimentVerdict.Worse)
                return found with { DecidedAt = now };
            return found;
        }

        ExperimentComparison Compare(int variant)
        {
            if (metric is { Role: MetricRole.Guardrail, Kind: MetricKind.Binary })
                return Guardrail(
                    run, metric, variant, totals[variant], totals[control], broken,
                    earlier.GuardrailOf(metric.Name, run.Variants[variant]));
            MeanDifference difference = run.Steps.Aggregate(
                default(MeanDifference), (sum, step) => sum + MeanDifference.Of(Of(step, variant), Of(step, control)));
            string? missing = ExperimentWords.Missing(metric, run.Variants[variant], totals[variant], run.Config.Control, totals[control]);
            return Comparison(
                run, metric, variant, difference, missing, broken, earlier.PValueOf(metric.Name, run.Variants[variant]),
                isFull: tally.Units >= run.Config.PlannedUnits);
        }
    }

    private static ExperimentComparison Comparison(
        ExperimentRun run, ExperimentMetric metric, int variant, MeanDifference difference, string? missing,
        bool broken, double earlierPValue, bool isFull)
    {
        (double alpha, double mixing) = ExperimentLevel.Of(run, metric, variant);
        bool guardrail = metric.Role == MetricRole.Guardrail;
        ExperimentInterval? interval = guardrail ? OneSided(difference, alpha, mixing)
            : TwoSidedTest.Interval(difference, alpha, mixing) is var (low, high)
                ? new ExperimentInterval(difference.Estimate, low, high)
                : null;
        double sign = 1;
        if (!metric.HigherIsBetter)
            sign = -1;
        double pValue = guardrail
            ? OneSidedTest.PValue(difference with { A = -sign * difference.A, B = -sign * difference.B }, 0, mixing)
            : TwoSidedTest.PValue(difference, mixing);
        ExperimentVerdict verdict = ExperimentVerdict.SampleRatioMismatch;
        if (!broken)
            verdict = missing is not null || interval is null ? ExperimentVerdict.KeepRunning
            : sign > 0 ? Of(interval.Low > 0, interval.High < 0, guardrail)
            : Of(interval.High < 0, interval.Low > 0, guardrail);
        ExperimentInterval? lift = null;
        if (!guardrail
            && TwoSidedTest.RelativeLift(difference) is { } estimate
            && TwoSidedTest.RelativeInterval(difference, alpha, mixing) is var (relativeLow, relativeHigh))
            lift = new ExperimentInterval(
                estimate, metric.Kind == MetricKind.Binary ? Math.Max(-1, relativeLow) : relativeLow, relativeHigh);
        var comparison = new ExperimentComparison
        {
            Variant = run.Variants[variant],
            Verdict = verdict,
            Summary = "",
            MinimumsMet = missing is null,
            Difference = interval,
            Lift = lift,
            PValue = missing is null ? Math.Min(pValue, earlierPValue) : earlierPValue,
            ChanceToBeatControl = difference.IsInformative && !guardrail ? Beat(TwoSidedTest.ChanceToBeat(difference, mixing), sign) : null,
        };
        return comparison with { Summary = ExperimentWords.Of(comparison, metric, run.Config.Control, missing, isFull) };
    }

    /// <summary>A guardrail that units convert in: counted, so that it needs neither many units nor large ones.</summary>
    private static ExperimentComparison Guardrail(
        ExperimentRun run, ExperimentMetric metric, int variant, Moments treated, Moments control, bool broken, GuardrailEvidence evidence)
    {
        double alpha = ExperimentLevel.Of(run, metric, variant).Alpha;
        ExperimentInterval? ratio = evidence.Ratio(metric, alpha);
        var comparison = new ExperimentComparison
        {
            Variant = run.Variants[variant],
            Verdict = broken
                ? ExperimentVerdict.SampleRatioMismatch
                : evidence.Counts.Stops(alpha) ? ExperimentVerdict.Worse
                : ExperimentVerdict.KeepRunning,
            Summary = "",
            MinimumsMet = treated.Count > 0 && control.Count > 0 && evidence.Counts.BadExposed >= CountEvidence.MinimumBad,
            Lift = ratio is null ? null : new ExperimentInterval(ratio.Estimate - 1, ratio.Low - 1, ratio.High - 1),
            PValue = evidence.Counts.PValue,
        };
        return comparison with { Summary = ExperimentWords.OfGuardrail(comparison, metric, run.Config.Control, treated, control) };
    }

    private static ExperimentInterval? OneSided(MeanDifference difference, double alpha, double mixing)
    {
        if (!difference.IsInformative)
            return null;
        double width = OneSidedTest.HalfWidth(difference, alpha, mixing);
        return new ExperimentInterval(difference.Estimate, difference.Estimate - width, difference.Estimate + width);
    }

    /// <summary>A guardrail only ever speaks against a variant.</summary>
    private static ExperimentVerdict Of(bool better, bool worse, bool guardrail)
    {
        if (worse)
            return ExperimentVerdict.Worse;
        if (better && !guardrail)
            return ExperimentVerdict.Better;
        return ExperimentVerdict.KeepRunning;
    }

    private static double Beat(double larger, double sign)
    {
        if (sign > 0)
            return larger;
        return 1 - larger;
    }
}
