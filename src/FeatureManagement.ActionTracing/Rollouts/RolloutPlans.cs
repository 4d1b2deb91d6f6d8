using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Whether a flag has, or had, the rollout that a plan asks for. Pure.</summary>
internal static class RolloutPlans
{
    /// <summary>Starts a rollout where none of the same plan is on its way or has ended; else the same record.</summary>
    /// <param name="configured">The flag as configuration says.</param>
    /// <param name="record">The flag's run-time record.</param>
    /// <param name="id">The rollout's id, if it starts.</param>
    /// <param name="plan">Its own plan, or null for the flag's.</param>
    /// <param name="change">Who and why.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="FlagChangeException">A rollout of another plan is on its way, or the start is refused.</exception>
    public static FlagRecord EnsureStarted(
        FlagDefinition configured, FlagRecord record, string id, RolloutConfig? plan, FlagChange change,
        DateTimeOffset now)
    {
        RolloutConfig asked = plan ?? configured.RolloutConfig ?? new RolloutConfig();
        if (record.Rollout is { } running)
            return IsSame(running, asked, own: plan is null) ? record
                : throw new FlagChangeException(FlagChangeError.Conflict,
                    $"Flag '{configured.Name}' already has a rollout of another plan. Roll it back or complete it "
                    + "first, or ensure the plan that is running.");
        bool ended = record.LastRollout is { } last
            && (IsSame(last, asked, own: false)
                || (plan is null && PlanFingerprint.HasHad(record.AutoStarted, PlanFingerprint.Of(configured.RolloutConfig))));
        if (ended)
            return record;
        return RolloutChanges.Start(configured, record, id, plan, change, now);
    }

    // The thresholds of a flag's own plan may be edited while it runs.
    private static bool IsSame(RolloutRecord rollout, RolloutConfig asked, bool own)
    {
        if (own && rollout.OwnPlan)
            return FlagContent.Same(Frozen(rollout.Plan), Frozen(asked));
        return FlagContent.Same(Written(rollout.Plan), Written(asked));
    }

    private static RolloutConfig Frozen(RolloutConfig plan) => Written(plan) with { SafetyThresholds = null, MaxHold = default };

    // One that was stored says its target also where it follows from its list.
    private static RolloutConfig Written(RolloutConfig plan) => plan with { TargetPercentage = plan.TargetPercentage };
}
