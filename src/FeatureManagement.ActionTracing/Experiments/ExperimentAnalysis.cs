using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Computes the result of a run from its sums. Pure. The methods are those of docs/experiments.md.</summary>
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
        ExperimentSampleRatio sampleRatio = SampleRatioAnalysis.Of(run, tally, seen, out double sampleRatioLogE);
        IReadOnlyList<ExperimentMetricResult> metrics =
        [
            .. run.Metrics.OrderBy(metric => metric.Role)
                .Select(metric => MetricAnalysis.Of(run, tally, metric, sampleRatio.IsMismatch, seen, now)),
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
}
