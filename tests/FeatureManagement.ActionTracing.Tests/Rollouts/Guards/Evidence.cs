using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Tests.Rollouts.Guards;

/// <summary>Evidence of a rollout from counts alone.</summary>
internal static class Evidence
{
    public static readonly SafetyThresholds WithoutGates = new() { MaxErrorRateWithoutControl = 1 };

    public static RolloutLedger Ledger => new() { Id = "simulated" };

    /// <summary>As many users at risk as there are users.</summary>
    public static RolloutArm Arm(long users, long bad = 0, long slow = 0) =>
        new() { Units = users, AtRisk = users, Bad = bad, SlowAtRisk = users, Slow = slow };

    public static RolloutStratum Copy(
        RolloutArm? exposed = null, RolloutArm? control = null, string key = "a", int step = 1, decimal percentage = 50) => new()
        {
            Key = key,
            Step = step,
            Percentage = percentage,
            Exposed = exposed ?? new(),
            Control = control ?? new(),
        };

    public static RolloutObservations Observed(
        RolloutArm? exposed = null, RolloutArm? control = null, RolloutActions? window = null, long gated = 0, long gatedBad = 0) => new()
        {
            Exposed = exposed ?? new(),
            Control = control ?? new(),
            Actions = RolloutActions.None,
            Window = window ?? RolloutActions.None,
            GatedWindowUnits = gated,
            GatedWindowBad = gatedBad,
        };

    /// <summary>The evidence of a rollout whose thresholds are those of its plan.</summary>
    public static RolloutEvidence Of(
        RolloutLedger? ledger = null, RolloutObservations? observed = null, SafetyThresholds? thresholds = null,
        RolloutConfig? plan = null, decimal percentage = 50) =>
        new(
            Simulation.Record(percentage, (plan ?? new RolloutConfig()) with { SafetyThresholds = thresholds }), thresholds,
            ledger ?? Ledger, observed);

    /// <summary>The ledger after one copy.</summary>
    public static RolloutLedger After(RolloutStratum copy, RolloutConfig? plan = null) =>
        Ledger.Add(Simulation.Record(copy.Percentage, plan ?? new RolloutConfig()), copy, ended: null);
}
