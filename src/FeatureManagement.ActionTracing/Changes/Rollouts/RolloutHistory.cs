using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Changes.Rollouts;

/// <summary>The steps of a rollout until now. Pure.</summary>
internal static class RolloutHistory
{
    /// <summary>The history of a rollout at the end of a step, with the evidence of that step.</summary>
    public static IReadOnlyList<RolloutStep> Leave(RolloutRecord rollout, RolloutLedger? ledger, DateTimeOffset now)
    {
        if (rollout.History is not [.., { Until: null } left])
            return rollout.History;
        RolloutStratum[] seen = [];
        if (ledger?.Id == rollout.Id)
            seen = [.. ledger.Open.Where(stratum => stratum.Percentage == left.Percentage)];
        RolloutActions actions = seen.Aggregate(RolloutActions.None, (sum, stratum) => sum.Plus(stratum.Actions));
        double seconds = (now - left.At).TotalSeconds;
        return
        [
            .. rollout.History.SkipLast(1),
            new RolloutStep
            {
                Percentage = left.Percentage,
                Phase = left.Phase,
                At = left.At,
                Until = now,
                ErrorRate = actions.ErrorRate,
                MeanLatency = actions.MeanLatency,
                Throughput = seconds > 0 ? actions.Count / seconds : null,
                ExposedUnits = seen.Sum(stratum => stratum.Exposed.Units),
                ControlUnits = seen.Sum(stratum => stratum.Control.Units),
            },
        ];
    }
}
