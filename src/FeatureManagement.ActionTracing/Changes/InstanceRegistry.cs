using System.Text.Json;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// The processes that share the store. Each has a document of its own in it, which says what its configuration answers and, by changing now and then, that it is
/// alive. Not thread-safe: <see cref="FlagControl"/> has one conversation with the store at a time.
/// </summary>
internal sealed class InstanceRegistry(BoundedStore store, IFlagCatalogSource configuration, TimeProvider time)
{
    public const string Prefix = "fleet/";

    private const int MaxAttempts = 20;

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1); // longer than clocks jump

    private readonly Dictionary<string, (long Version, long Since)> _seen = new(StringComparer.Ordinal); // others, and since when they have not changed
    private InstanceRecord _mine = new() { Id = Guid.NewGuid().ToString("N") }; // as it was written last
    private long _batches; // that are known to be written
    private (string Key, long Version)? _place;
    private long _told;
    private (FlagCatalog Catalog, string Answers)? _stamped;

    /// <summary>Tells the others that this process is alive, and what its configuration answers, where that is due or they do not know it yet.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task TellAsync()
    {
        // What is in memory nobody else can see.
        if (!store.Current.IsDurable)
            return;
        FlagCatalog catalog = configuration.Catalog;
        TimeSpan poll = catalog.Settings.StorePollInterval;
        (string answers, TimeSpan every) = (AnswersOf(catalog), poll > TellEvery ? poll : TellEvery);
        if (_place is not null && (_mine.Answers, _mine.Every) == (answers, every) && time.GetElapsedTime(_told) < TellEvery)
            return;
        try
        {
            _told = time.GetTimestamp();
            await WriteAsync(mine => mine with { At = time.GetUtcNow(), Every = every, Answers = answers }, []).ConfigureAwait(false);
        }
        catch (FlagChangeException)
        {
            // Others may be unable to say that they are alive, too.
            _seen.Clear();
            throw;
        }
    }

    /// <summary>
    /// Whether another process is alive whose configuration answers otherwise, as during a deployment. Who is not known to have ended is alive until its document
    /// has not changed for three times as long as it may take.
    /// </summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task<bool> IsDividedAsync(FlagCatalog catalog)
    {
        string answers = AnswersOf(catalog);
        bool divided = false;
        foreach (StoredDocument document in await ReadAsync().ConfigureAwait(false))
        {
            InstanceRecord? member = Read(document); // one that cannot be read is of another release, and nobody knows what it answers
            if (document.Json is null || (member is not null && (member.Id == _mine.Id || member.Answers == answers || member.Answers.Length == 0)))
                continue;
            if (!_seen.TryGetValue(document.Key, out (long Version, long Since) seen) || seen.Version != document.Version)
                _seen[document.Key] = seen = (document.Version, time.GetTimestamp());
            TimeSpan every = member is not null && member.Every > TellEvery ? member.Every : TellEvery;
            divided |= time.GetElapsedTime(seen.Since) < 3 * every;
        }
        return divided;
    }

    /// <summary>
    /// Writes audit entries that come with no change of a flag: once, also where it is called again because it was not known whether the call before had written them.
    /// </summary>
    /// <exception cref="FlagChangeException">The store failed; whether anything was written is not known.</exception>
    public async Task WriteAsync(IReadOnlyList<AuditEntry> entries)
    {
        await WriteAsync(mine => mine.Batches > _batches ? null : mine with { At = time.GetUtcNow(), Batches = _batches + 1 }, entries).ConfigureAwait(false);
        _batches++;
    }

    /// <summary>Tells the others that this process ends.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task LeaveAsync()
    {
        if (_place is not { } place)
            return;
        var commit = new StoreCommit([new DocumentWrite(place.Key, null, place.Version)], []);
        await store.WriteAsync((inner, bound) => inner.CommitAsync(commit, bound), CancellationToken.None).ConfigureAwait(false);
        _place = null;
    }

    private async Task WriteAsync(Func<InstanceRecord, InstanceRecord?> change, IReadOnlyList<AuditEntry> entries)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (_place is not { } place)
            {
                (place, InstanceRecord? found) = Place(await ReadAsync().ConfigureAwait(false));
                _mine = found ?? _mine;
            }
            _place = place;
            if (change(_mine) is not { } next)
                return;
            _place = null; // until it is known what became of the commit
            var commit = new StoreCommit([new DocumentWrite(place.Key, StoredJson.Write(next), place.Version)], entries);
            CommitResult result = await store.WriteAsync((inner, bound) => inner.CommitAsync(commit, bound), CancellationToken.None).ConfigureAwait(false);
            if (result.Committed)
            {
                (_mine, _place) = (next, (place.Key, result.Version));
                return;
            }
        }
        throw new FlagChangeException(FlagChangeError.StoreUnavailable, "Other processes write to the store again and again; nothing was changed. Try again.");
    }

    // Where this process stands; else the first place that nobody has, or whose owner has not been heard of for long. An owner that is alive after all takes another.
    private ((string Key, long Version) Place, InstanceRecord? Mine) Place(IReadOnlyList<StoredDocument> documents)
    {
        DateTimeOffset gone = time.GetUtcNow() - KeptFor;
        (string Key, long Version)? free = null;
        foreach (StoredDocument document in documents.OrderBy(document => document.Key, StringComparer.Ordinal))
        {
            InstanceRecord? member = Read(document);
            if (member?.Id == _mine.Id)
                return ((document.Key, document.Version), member);
            if (document.Json is null || (member is not null && member.At + member.Every < gone))
                free ??= (document.Key, document.Version);
        }
        return (free ?? ($"{Prefix}{documents.Count:0000}", 0), null);
    }

    /// <summary>Whether no other instance is known to run. One that was killed counts as running: it did not deregister.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task<bool> IsAloneAsync() => !(await ReadAsync().ConfigureAwait(false)).Any(document => document.Json is not null && Read(document)?.Id != _mine.Id);

    private async Task<IReadOnlyList<StoredDocument>> ReadAsync() =>
        (await store.ReadAsync((inner, bound) => inner.ReadAsync(Prefix, 0, bound), CancellationToken.None).ConfigureAwait(false)).Documents;

    private static InstanceRecord? Read(StoredDocument document)
    {
        try
        {
            return document.Json is not null && StoredJson.Read<InstanceRecord>(document.Json) is { Id: not null } member ? member : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string AnswersOf(FlagCatalog catalog)
    {
        if (_stamped is { } stamped && ReferenceEquals(stamped.Catalog, catalog))
            return stamped.Answers;
        string all = string.Join('\n', catalog.Flags.Values.Select(flag => $"{FlagKey.Of(flag.Name)} {StoredJson.Write(Baseline.Of(flag))}").Order(StringComparer.Ordinal));
        string answers = FlagETag.Of(all);
        _stamped = (catalog, answers);
        return answers;
    }
}
