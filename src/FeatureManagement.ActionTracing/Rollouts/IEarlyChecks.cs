using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>
/// A metrics source that sees each outcome when it happens, and so can call for a safety check before its time.
/// Thread-safe.
/// </summary>
internal interface IEarlyChecks
{
    /// <summary>Raised when bad outcomes may change the verdict, with the flag. Handlers must be quick.</summary>
    event Action<string, EarlyCheck>? Due;

    /// <summary>Begins to observe a rollout that is not observed yet, before its percentage is in force.</summary>
    void Open(RolloutQuery query);

    /// <summary>Says how many more bad outcomes than at the last reading make a check due.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="more">How many more of each kind.</param>
    /// <param name="check">What was checked: what calls for anything else stays as it is.</param>
    void Arm(string flag, BadOutcomes more, EarlyCheck check);
}
