namespace FeatureManagement.ActionTracing.Flags;

/// <summary>Compares the contents of parts of flags; the equality of records ignores the contents of lists.</summary>
internal static class FlagContent
{
    public static bool Same(IReadOnlyList<FlagVariant> left, IReadOnlyList<FlagVariant> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => Same(pair.First, pair.Second));

    private static bool Same(FlagVariant left, FlagVariant right) =>
        left with { Config = right.Config } == right && left.Config.SequenceEqual(right.Config);

    public static bool Same(RolloutConfig? left, RolloutConfig? right)
    {
        if (left is null || right is null)
            return ReferenceEquals(left, right);
        return left with { Checkpoints = right.Checkpoints, Schedule = right.Schedule } == right
            && left.Checkpoints.SequenceEqual(right.Checkpoints)
            && left.Schedule.SequenceEqual(right.Schedule);
    }

    public static bool Same(ExperimentConfig? left, ExperimentConfig? right)
    {
        if (left is null || right is null)
            return ReferenceEquals(left, right);
        return left with { Metrics = right.Metrics } == right && left.Metrics.SequenceEqual(right.Metrics);
    }
}
