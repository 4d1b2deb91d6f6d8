using System.Diagnostics.Metrics;

namespace FeatureManagement.ActionTracing.Rollouts;

internal sealed class RolloutMeter(IMeterFactory meters)
{
    private readonly Counter<long> _rollbacks = meters.Create(ActionTracingMeter.Name)
        .CreateCounter<long>("feature_flag.rollout.rollbacks", "{rollout}", "Rollouts that were rolled back by their guards.");

    public void RolledBack() => _rollbacks.Add(1);
}
