namespace FeatureManagement.ActionTracing.Flags;

/// <summary>Compares the contents of definitions; the equality of records ignores the contents of lists.</summary>
internal static class FlagContent
{
    public static bool Same(FlagDefinition left, FlagDefinition right) =>
        ReferenceEquals(left, right)
        || (left with { Whitelist = right.Whitelist, Groups = right.Groups, Variants = right.Variants, RolloutConfig = right.RolloutConfig, Experiment = right.Experiment } == right
            && left.Whitelist.SequenceEqual(right.Whitelist)
            && left.Groups.SequenceEqual(right.Groups)
            && left.Variants.Count == right.Variants.Count
            && left.Variants.Zip(right.Variants).All(pair => Same(pair.First, pair.Second))
            && Same(left.RolloutConfig, right.RolloutConfig)
            && Same(left.Experiment, right.Experiment));

    private static bool Same(FlagVariant left, FlagVariant right) =>
        left with { Config = right.Config } == right && left.Config.SequenceEqual(right.Config);

    public static bool Same(RolloutConfig? left, RolloutConfig? right) =>
        left is null || right is null
            ? ReferenceEquals(left, right)
            : left with { Checkpoints = right.Checkpoints, Schedule = right.Schedule } == right
                && left.Checkpoints.SequenceEqual(right.Checkpoints)
                && left.Schedule.SequenceEqual(right.Schedule);

    private static bool Same(ExperimentConfig? left, ExperimentConfig? right) =>
        left is null || right is null
            ? ReferenceEquals(left, right)
            : left with { Metrics = right.Metrics } == right && left.Metrics.SequenceEqual(right.Metrics);
}
