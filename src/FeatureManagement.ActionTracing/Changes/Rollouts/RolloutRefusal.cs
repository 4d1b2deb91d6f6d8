namespace FeatureManagement.ActionTracing.Changes.Rollouts;

/// <summary>Why a change of a rollout is refused.</summary>
internal static class RolloutRefusal
{
    public static FlagChangeException NotRollingOut(string flag) =>
        Conflict($"Flag '{flag}' is not rolling out. Update the flag, or call an emergency, to turn it off.");

    public static FlagChangeException Conflict(string message) => new(FlagChangeError.Conflict, message);
}
