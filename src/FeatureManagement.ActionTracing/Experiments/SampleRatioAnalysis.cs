using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Compares the allocation of units with the weights, over all steps of a run. Pure.</summary>
internal static class SampleRatioAnalysis
{
    /// <param name="run">What is measured.</param>
    /// <param name="tally">The sums.</param>
    /// <param name="earlier">The evidence of earlier checks.</param>
    /// <param name="logE">The evidence of this check alone, as a logarithm.</param>
    public static ExperimentSampleRatio Of(
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
}
