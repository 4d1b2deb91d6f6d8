using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>What one instance observed of one step. Users are compared only inside a stratum. Immutable.</summary>
internal sealed record RolloutStratum
{
    /// <summary>New for each instance and step, so that a restart does not mix with what was there before.</summary>
    public required string Key { get; init; }

    public required int Step { get; init; }

    public required decimal Percentage { get; init; }

    public RolloutArm Exposed { get; init; } = new();

    public RolloutArm Control { get; init; } = new();

    public RolloutActions Actions { get; init; } = RolloutActions.None;

    public RolloutPhase Phase => RolloutCurve.PhaseOf(Percentage);

    /// <summary>Whether control is large enough to compare with.</summary>
    public bool IsCompared => RolloutLedger.CanCompare(Percentage);

    public MeanDifference Latency => MeanDifference.Of(Exposed.Latency, Control.Latency);

    public SampleRatioEvidence SampleRatio =>
        SampleRatioEvidence.Of([(double)Percentage, (double)(100 - Percentage)], [Exposed.Units, Control.Units]);
}
