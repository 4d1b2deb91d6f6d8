namespace FeatureManagement.ActionTracing;

/// <summary>
/// Rolls flags out step by step. A rollout moves forward only on monitored time. It rolls back by itself when exposed
/// users have more errors or wait longer than control. A singleton; thread-safe.
/// </summary>
public interface IRolloutManager
{
    /// <summary>Starts the rollout of a flag, or plans it where <see cref="RolloutConfig.StartAt"/> lies ahead.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="plan">How; null for the flag's own <c>rolloutConfig</c>, whose thresholds can then be edited while it runs.</param>
    /// <param name="cancellationToken">Gives up waiting for a turn.</param>
    /// <exception cref="FlagChangeException">
    /// There is no such flag, it has a rollout or is in emergency, the plan is wrong, or the store failed. Nothing was
    /// changed.
    /// </exception>
    Task<RolloutStatus> StartAsync(
        string flag, FlagChange change, RolloutConfig? plan = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts the rollout of a flag once, for code that runs at every start of the application: if a rollout of the
    /// same plan is planned, is running or has ended in any way, nothing changes. If several instances call it at once,
    /// one starts it.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="plan">
    /// How; null for the flag's own <c>rolloutConfig</c>. Plans are the same where all their values are; edited
    /// thresholds make no other plan of a <c>rolloutConfig</c> that is running.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for a turn.</param>
    /// <returns>The rollout that was started, is running, or was the last to end.</returns>
    /// <exception cref="FlagChangeException">
    /// A rollout of another plan is on its way; or nothing of the plan ever started, and <see cref="StartAsync"/> would
    /// be refused. Nothing was changed.
    /// </exception>
    Task<RolloutStatus> EnsureStartedAsync(
        string flag, FlagChange change, RolloutConfig? plan = null, CancellationToken cancellationToken = default);

    /// <summary>Pauses a rollout. Its guards stay active.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="cancellationToken">Gives up waiting for a turn.</param>
    /// <exception cref="FlagChangeException">There is nothing to pause, or the store failed. Nothing was changed.</exception>
    Task<RolloutStatus> PauseAsync(string flag, FlagChange change, CancellationToken cancellationToken = default);

    /// <summary>
    /// Lets a rollout go on that is paused, or that a split holds which does not fit; evidence about the split then
    /// begins again.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="cancellationToken">Gives up waiting for a turn.</param>
    /// <exception cref="FlagChangeException">There is nothing to resume, or the store failed. Nothing was changed.</exception>
    Task<RolloutStatus> ResumeAsync(string flag, FlagChange change, CancellationToken cancellationToken = default);

    /// <summary>Undoes a rollout: the flag is what it was before, or disabled where the plan says so. Calls off a planned one.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="cancellationToken">
    /// Gives up waiting for the store. The rollback is in force, and is stored in the background.
    /// </param>
    /// <exception cref="FlagChangeException">The flag has no rollout.</exception>
    Task<RolloutStatus> RollBackAsync(string flag, FlagChange change, CancellationToken cancellationToken = default);

    /// <summary>Takes a rollout to its target at once.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="cancellationToken">Gives up waiting for a turn.</param>
    /// <exception cref="FlagChangeException">The flag has no rollout on its way, or the store failed. Nothing was changed.</exception>
    Task<RolloutStatus> CompleteAsync(string flag, FlagChange change, CancellationToken cancellationToken = default);

    /// <summary>How a flag's rollout stands, or how its last one ended; null where it never had one.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    RolloutStatus? GetStatus(string flag);

    /// <summary>All rollouts that have not ended, planned and paused ones included, in order of the flags' names.</summary>
    IReadOnlyList<RolloutStatus> GetActive();

    /// <summary>The steps that a rollout would take from now on if it is never on hold. Changes nothing.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="plan">How; null for the flag's own <c>rolloutConfig</c>.</param>
    /// <exception cref="FlagChangeException">There is no such flag, or the plan is wrong.</exception>
    IReadOnlyList<RolloutPreviewStep> Preview(string flag, RolloutConfig? plan = null);
}
