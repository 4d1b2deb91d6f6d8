using System.Diagnostics.Metrics;

namespace FeatureManagement.ActionTracing.Rollouts;

internal sealed class RolloutMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _rollbacks = meters.Create(ActionTracingMeter.Name)
        .CreateCounter<long>("feature_flag.rollout.rollbacks", "{rollout}", "Rollouts that were rolled back by their guards, by flag.");

    /// <param name="flag">The flag as configuration spells it.</param>
    public void RolledBack(string flag) => _rollbacks.Add(1, new KeyValuePair<string, object?>("feature_flag.key", flag));
}
