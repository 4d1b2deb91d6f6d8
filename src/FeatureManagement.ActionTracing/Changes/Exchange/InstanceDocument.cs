using System.Text.Json;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>This instance's document in the store, and the documents of the other instances. Guarded by <see cref="StoreLock"/>.</summary>
internal sealed class InstanceDocument(BoundedStore store, TimeProvider time)
{
    public const string Prefix = "fleet/";

    private const int MaxAttempts = 20;

    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1); // longer than clocks jump

    private (string Key, long Version)? _place; // null until it is known

    /// <summary>This instance as it was written last.</summary>
    public InstanceRecord Mine { get; private set; } = new() { Id = Guid.NewGuid().ToString("N") };

    /// <summary>Whether the document is known to be in the store, as <see cref="Mine"/> says.</summary>
    public bool IsKnown => _place is not null;

    /// <summary>Writes a change of this instance's record, with audit entries in the same transaction.</summary>
    /// <param name="change">
    /// The next record, from the stored one; null where nothing is to be written. Pure: it may be asked several times.
    /// </param>
    /// <param name="entries">The audit entries.</param>
    /// <exception cref="FlagChangeException">A write failed; whether anything was written is not known.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task WriteAsync_NeedsLock(Func<InstanceRecord, InstanceRecord?> change, IReadOnlyList<AuditEntry> entries)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            (string Key, long Version) place = _place ?? await FindPlaceAsync_NeedsLock().ConfigureAwait(false);
            _place = place;
            if (change(Mine) is not { } next)
                return;
            _place = null; // until the result of the commit is known
            CommitResult result = await CommitAsync(
                new DocumentWrite(place.Key, StoredJson.Write(next), place.Version), entries).ConfigureAwait(false);
            if (result.IsCommitted)
            {
                Mine = next;
                _place = (place.Key, result.Version);
                return;
            }
        }
        throw new FlagChangeException(
            FlagChangeError.StoreUnavailable,
            $"Writes by other instances conflicted with this one {MaxAttempts} times; nothing was changed. Try again.");
    }

    /// <summary>Deletes this instance's document.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task DeleteAsync_NeedsLock()
    {
        if (_place is not { } place)
            return;
        await CommitAsync(new DocumentWrite(place.Key, null, place.Version), []).ConfigureAwait(false);
        _place = null;
    }

    /// <summary>The documents of all instances, this one's and deleted ones too.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<IReadOnlyList<StoredDocument>> ReadAllAsync() =>
        (await store.State.ReadAsync(Prefix, 0, CancellationToken.None).ConfigureAwait(false)).Documents;

    /// <summary>The instance of a document; null where it is deleted, or of another release and cannot be read.</summary>
    public static InstanceRecord? Read(StoredDocument document)
    {
        try
        {
            if (document.Json is not null && StoredJson.Read<InstanceRecord>(document.Json) is { Id: not null } instance)
                return instance;
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Task<CommitResult> CommitAsync(DocumentWrite write, IReadOnlyList<AuditEntry> entries)
    {
        var commit = new StoreCommit([write], entries);
        return store.State.CommitAsync(commit, CancellationToken.None);
    }

    // This instance's document; else the first that is free, or whose owner has not written for long. An owner that is
    // alive after all takes another.
    private async Task<(string Key, long Version)> FindPlaceAsync_NeedsLock()
    {
        IReadOnlyList<StoredDocument> documents = await ReadAllAsync().ConfigureAwait(false);
        DateTimeOffset gone = time.GetUtcNow() - KeptFor;
        (string Key, long Version)? free = null;
        foreach (StoredDocument document in documents.OrderBy(document => document.Key, StringComparer.Ordinal))
        {
            InstanceRecord? instance = Read(document);
            if (instance?.Id == Mine.Id)
            {
                Mine = instance;
                return (document.Key, document.Version);
            }
            if (document.Json is null || (instance is not null && instance.At + instance.Every < gone))
                free ??= (document.Key, document.Version);
        }
        return free ?? ($"{Prefix}{documents.Count:0000}", 0);
    }
}
