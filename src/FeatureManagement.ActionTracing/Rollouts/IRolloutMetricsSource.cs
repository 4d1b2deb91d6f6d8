namespace FeatureManagement.ActionTracing;

/// <summary>
/// From where rollouts know how exposed users compare with control. The default is this process's own
/// recorder of actions; register another one to use what you already measure.
/// </summary>
/// <remarks>
/// A singleton; called for one flag at a time, for different flags beside each other. A call that throws, or takes
/// longer than <c>defaultTimeout</c>, holds the rollout, and after <c>maxHold</c> it pauses. Each process adds what its
/// own source says: report what this process saw, not a fleet.
/// </remarks>
public interface IRolloutMetricsSource
{
    /// <summary>Reads what is known of a step. The first call for a step begins to count for it.</summary>
    /// <param name="query">Which step.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken);

    /// <summary>The rollout of a flag has ended: nothing more needs to be counted for it.</summary>
    /// <param name="flag">The flag's name.</param>
    void Forget(string flag);
}
