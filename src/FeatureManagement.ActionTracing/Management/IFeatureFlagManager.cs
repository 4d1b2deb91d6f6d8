namespace FeatureManagement.ActionTracing;

/// <summary>
/// The flags of <c>ActionTracing</c>, asked directly. A singleton; every member may be called from any thread at any
/// time.
/// </summary>
/// <remarks>Evaluation takes no lock, allocates nothing and does no I/O; it never throws for what a flag or a context is like.</remarks>
public interface IFeatureFlagManager
{
    /// <summary>Whether a flag is on.</summary>
    /// <param name="flag">The flag's name, without regard to case. An unknown name is off.</param>
    /// <param name="context">For whom; null for the ambient context, or for nobody where there is none.</param>
    bool IsEnabled(string flag, FeatureFlagContext? context = null);

    /// <summary>The variant that a multivariate flag gives, or null where the flag is off, unknown or not multivariate.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="context">For whom; null for the ambient context, or for nobody where there is none.</param>
    string? GetVariant(string flag, FeatureFlagContext? context = null);

    /// <summary>The answer with its reason and with where the deciding values came from.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="context">For whom; null for the ambient context, or for nobody where there is none.</param>
    FlagEvaluation Evaluate(string flag, FeatureFlagContext? context = null);

    /// <summary>Every flag as it is now, in ordinal case-insensitive order of the names.</summary>
    IReadOnlyList<FlagStatus> GetAllFlags();

    /// <summary>One flag as it is now, or null where there is no such flag.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    FlagStatus? GetFlag(string flag);

    /// <summary>
    /// Adds an override to a flag. It is stored before it is in force, and stays until it is reset or configuration
    /// changes what the flag answers.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="update">What to change.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="expectedVersion">
    /// The <see cref="FlagStatus.Version"/> that the caller has seen; null to update any version.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for a turn. Once the store has been asked, the update goes on.</param>
    /// <returns>The flag with the update.</returns>
    /// <exception cref="FlagChangeException">The update was refused, or could not be stored.</exception>
    Task<FlagStatus> UpdateFlagAsync(
        string flag, FlagUpdate update, FlagChange change, long? expectedVersion = null,
        CancellationToken cancellationToken = default);

    /// <summary>Removes the override of a flag, so that it is what configuration says.</summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="expectedVersion">
    /// The <see cref="FlagStatus.Version"/> that the caller has seen; null to reset any version.
    /// </param>
    /// <param name="cancellationToken">Gives up waiting for a turn. Once the store has been asked, the reset goes on.</param>
    /// <returns>The flag without updates.</returns>
    /// <exception cref="FlagChangeException">The flag has no update, or the reset could not be stored.</exception>
    Task<FlagStatus> ResetFlagAsync(
        string flag, FlagChange change, long? expectedVersion = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Turns a flag off for everybody, above everything else, until <see cref="ClearEmergencyAsync"/>. An emergency
    /// flag, which has a priority, is turned on instead, and stops the flags below it.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="cancellationToken">
    /// Gives up waiting for the store. The emergency is in force, and is stored in the background.
    /// </param>
    /// <returns>What stopped, and whether it is stored.</returns>
    /// <remarks>
    /// It is in force in this process when the call returns its task, before anything is written, also where the store
    /// fails. Calling it again while it lasts changes nothing.
    /// </remarks>
    /// <exception cref="FlagChangeException">
    /// There is no such flag. An emergency is never refused for its words (<see cref="EmergencyResult.Note"/>).
    /// </exception>
    Task<EmergencyResult> EmergencyShutdownAsync(string flag, FlagChange change, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends an emergency that was called at run time. The flag is then what its other layers say; a rollout that the
    /// emergency ended stays ended.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="change">Who, why and from where.</param>
    /// <param name="cancellationToken">Gives up waiting for a turn. Once the store has been asked, the clearing goes on.</param>
    /// <returns>The flag after the emergency.</returns>
    /// <exception cref="FlagChangeException">
    /// The flag is not in emergency, or only by configuration, or the clearing could not be stored.
    /// </exception>
    Task<FlagStatus> ClearEmergencyAsync(string flag, FlagChange change, CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls back after each change of a flag: once the change is visible to evaluation, in order, on another thread.
    /// That an emergency or a rollback has reached the store after it came into force is no further change.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case. It need not exist yet.</param>
    /// <param name="callback">
    /// Gets the flag as it is after the change. What it throws is logged; while it blocks, only its own calls wait.
    /// </param>
    /// <returns>Dispose it to stop; also from within the callback.</returns>
    IDisposable WatchFlag(string flag, Action<FlagStatus> callback);

    /// <summary>
    /// How far a flag is, in short; null where there is no such flag. The whole status is
    /// <see cref="IRolloutManager.GetStatus"/>.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    RolloutProgress? GetRolloutProgress(string flag);
}
