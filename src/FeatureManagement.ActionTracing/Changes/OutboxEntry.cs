using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>Something that is in force in this process and has still to be written: a change of a flag, or audit entries alone.</summary>
internal sealed class OutboxEntry
{
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="edit">The change.</param>
    /// <param name="configured">
    /// The flag as it was when the change was made; null only for an emergency of one that configuration does not have.
    /// </param>
    public OutboxEntry(FlagEdit edit, FlagDefinition? configured) => (Edit, Configured) = (edit, configured);

    public OutboxEntry(IReadOnlyList<AuditEntry> entries) => Entries = entries;

    public FlagEdit? Edit { get; }

    public FlagDefinition? Configured { get; }

    public IReadOnlyList<AuditEntry> Entries { get; } = [];

    /// <summary>Whether the store had it, and was replaced.</summary>
    public bool Forgotten { get; init; }

    /// <summary>When it began to wait.</summary>
    public DateTimeOffset Since => Edit?.At ?? Entries.Min(entry => entry.At);

    /// <summary>Completes when it is in the store, or turned out to have nothing to write.</summary>
    public Task Written => _written.Task;

    /// <summary>What the change makes of a record; the same where there is nothing to change any more.</summary>
    public FlagRecord ApplyTo(FlagRecord record)
    {
        try
        {
            if (Edit is null)
                return record;
            return Edit.Decide(Configured!, record); // an edit comes with its flag
        }
        catch (FlagChangeException)
        {
            // Another user was faster, and what was asked for is no longer there.
            return record;
        }
    }

    public void Done() => _written.TrySetResult();
}
