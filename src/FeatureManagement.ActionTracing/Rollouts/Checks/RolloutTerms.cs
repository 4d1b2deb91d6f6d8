using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>What configuration says about a rollout now. Thread-safe.</summary>
internal sealed class RolloutTerms(IFlagCatalogSource configuration, SnapshotSource source)
{
    public FeatureFlagSettings Settings => configuration.Catalog.Settings;

    /// <summary>The plan; where the rollout uses the flag's own, with the thresholds in force now.</summary>
    public RolloutConfig PlanOf(string flag, RolloutRecord record)
    {
        if (record.OwnPlan && configuration.Catalog.Flags.GetValueOrDefault(flag)?.RolloutConfig is { } edited)
            return edited;
        return record.Plan;
    }

    /// <summary>Whether the flag can be on for any user.</summary>
    public bool CanBeOn(string flag)
    {
        FlagSnapshot snapshot = source.Current;
        return snapshot.TryFind(flag, out CompiledFlag? found) && snapshot.CanBeOn(found);
    }
}
