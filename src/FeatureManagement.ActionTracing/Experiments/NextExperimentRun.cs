using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Decides which run a flag needs. Pure.</summary>
internal static class NextExperimentRun
{
    /// <summary>
    /// The run that a flag needs now: the one before, the same with another step where the weights have changed, or a
    /// new one where what is measured has.
    /// </summary>
    public static ExperimentRun Of(FlagDefinition flag, ExperimentRun? before, DateTimeOffset now)
    {
        ExperimentConfig config = flag.Experiment!;
        string[] variants = [.. flag.Variants.Select(variant => variant.Name)];
        decimal[] weights = [.. flag.Variants.Select(variant => variant.Weight)];
        if (before is null || !Measures(before, config, variants))
            return new ExperimentRun
            {
                Flag = flag.Name,
                Number = (before?.Number ?? 0) + 1,
                Config = config,
                Variants = variants,
                Steps = [new ExperimentStep(1, weights, now, null)],
            };
        if (HaveSameRatios(before.Step.Weights, weights))
            return before;
        return before with
        {
            Steps =
            [
                .. before.Steps.SkipLast(1),
                before.Step with { Until = now },
                new ExperimentStep(before.Step.Number + 1, weights, now, null),
            ],
        };
    }

    private static bool Measures(ExperimentRun before, ExperimentConfig config, string[] variants) =>
        before.Variants.SequenceEqual(variants, StringComparer.OrdinalIgnoreCase)
            && StoredJson.Write(before.Config) == StoredJson.Write(config);

    private static bool HaveSameRatios(IReadOnlyList<decimal> left, decimal[] right)
    {
        (decimal leftTotal, decimal rightTotal) = (left.Sum(), right.Sum());
        return left.Zip(right).All(pair => pair.First * rightTotal == pair.Second * leftTotal);
    }
}
