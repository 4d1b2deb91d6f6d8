using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Compares the mean of a variant with that of control. Pure.</summary>
internal static class MeanComparison
{
    public static ExperimentComparison Of(
        ExperimentRun run, ExperimentMetric metric, int variant, MeanDifference difference, string? missing,
        bool hasMismatch, double earlierPValue, bool isFull)
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
        if (!hasMismatch)
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
