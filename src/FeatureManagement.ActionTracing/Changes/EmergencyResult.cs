namespace FeatureManagement.ActionTracing;

/// <summary>What an emergency did. It is in force in this instance in any case. Immutable.</summary>
public sealed class EmergencyResult
{
    internal EmergencyResult(FlagStatus flag) => Flag = flag;

    /// <summary>The flag as it is now.</summary>
    public FlagStatus Flag { get; }

    /// <summary>
    /// How many flags could be on for a user before and are off for everybody now; 0 where the emergency was in force
    /// already.
    /// </summary>
    public int Stopped { get; internal init; }

    /// <summary>Whether the emergency is in the store. Where it is not, the store failed: writing is retried in the
    /// background until it succeeds, and until then a restart forgets the emergency and other instances do not know of
    /// it.</summary>
    public bool IsStored { get; internal init; }

    /// <summary>
    /// What was done to an actor or a reason that could not be recorded as given (blank, too long, or not storable), in
    /// sentences; null where nothing was.
    /// </summary>
    public string? Note { get; internal init; }
}
