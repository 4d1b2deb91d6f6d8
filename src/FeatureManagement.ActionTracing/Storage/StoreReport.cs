namespace FeatureManagement.ActionTracing.Storage;

/// <summary>How the store is. Immutable.</summary>
public sealed record StoreReport
{
    internal StoreReport()
    {
    }

    /// <summary>Whether changes outlive the process.</summary>
    public bool IsDurable { get; internal init; }

    /// <summary>
    /// Whether the stored state has been read since the process started. Until then stored emergencies, overrides and
    /// rollouts are not known here.
    /// </summary>
    public bool IsLoaded { get; internal init; }

    /// <summary>What is wrong, as a sentence; null when the last call succeeded.</summary>
    public string? Error { get; internal init; }

    /// <summary>
    /// What keeps changes from being exchanged with a store that works, as a sentence; null when the last exchange
    /// succeeded.
    /// </summary>
    public string? SyncError { get; internal init; }

    /// <summary>That evaluations and units have reached <c>maxStoreSize</c>, and what is done about it, as a sentence; else null.</summary>
    public string? SizeFault { get; internal init; }

    /// <summary>Since when the store has failed; null when the last call succeeded.</summary>
    public DateTimeOffset? FailingSince { get; internal init; }

    /// <summary>
    /// How many changes the outbox has: they are in force in this process and not yet in the store. They are written,
    /// in order, once it works.
    /// </summary>
    public int OutboxChanges { get; internal init; }

    /// <summary>
    /// How many audit entries of configuration the outbox has. They are written, in order with the changes, once the
    /// store works.
    /// </summary>
    public int OutboxAuditEntries { get; internal init; }

    /// <summary>Since when the oldest change or entry has been in the outbox; null where the outbox is empty.</summary>
    public DateTimeOffset? OutboxSince { get; internal init; }

    /// <summary>Whether a change or entry has been in the outbox longer than <c>defaultTimeout</c>.</summary>
    public bool IsOverdue { get; internal init; }

    /// <summary>
    /// Flags whose emergency or rollback is in force here, and that the store no longer had when it was replaced: it is
    /// being stored again.
    /// </summary>
    public IReadOnlyList<string> Forgotten { get; internal init; } = [];

    /// <summary>Stored documents that cannot be read, each as a sentence; what they say is not in force.</summary>
    public IReadOnlyList<string> Unreadable { get; internal init; } = [];
}
