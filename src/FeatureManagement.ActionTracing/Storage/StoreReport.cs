namespace FeatureManagement.ActionTracing.Storage;

/// <summary>How the store is. Immutable.</summary>
public sealed record StoreReport
{
    /// <summary>Whether changes outlive the process.</summary>
    public required bool IsDurable { get; init; }

    /// <summary>
    /// Whether the stored state has been read since the process started. Until then stored emergencies, overrides and
    /// rollouts are not known here.
    /// </summary>
    public bool IsLoaded { get; init; }

    /// <summary>What is wrong, as a sentence; null when the last call succeeded.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// What keeps changes from being exchanged with a store that works, as a sentence; null when the last exchange
    /// succeeded.
    /// </summary>
    public string? SyncError { get; init; }

    /// <summary>That evaluations and units have reached <c>maxStoreSize</c>, and what is done about it, as a sentence; else null.</summary>
    public string? SizeFault { get; init; }

    /// <summary>Since when the store has failed; null when the last call succeeded.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>
    /// How many changes are in force in this process and not yet in the store. They are written, in order, once it
    /// works.
    /// </summary>
    public int Pending { get; init; }

    /// <summary>
    /// How many audit entries of configuration are not yet in the store. They are written, in order with the changes,
    /// once it works.
    /// </summary>
    public int PendingEntries { get; init; }

    /// <summary>Since when the oldest of these changes and entries has waited to be stored; null where nothing waits.</summary>
    public DateTimeOffset? PendingSince { get; init; }

    /// <summary>Whether a change or entry has waited longer than <c>defaultTimeout</c> to be stored.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>
    /// Flags whose emergency or rollback is in force here, and that the store no longer had when it was replaced: it is
    /// being stored again.
    /// </summary>
    public IReadOnlyList<string> Forgotten { get; init; } = [];

    /// <summary>Stored documents that cannot be read, each as a sentence; what they say is not in force.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];
}
