using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes.Exchange;

/// <summary>
/// The instances that share the store: which are alive, and which baselines their configuration has. Guarded by <see cref="StoreLock"/>.
/// </summary>
internal sealed class InstanceRegistry(InstanceDocument document, BoundedStore store, IFlagCatalogSource configuration, TimeProvider time)
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(20);

    private readonly Dictionary<string, (long Version, long Since)> _seen = new(
        StringComparer.Ordinal); // others, and since when they have not changed
    private long _lastHeartbeat;
    private (FlagCatalog Catalog, string Answers)? _hashed;

    /// <summary>Writes a heartbeat and what this instance's configuration answers, where that is due or not yet stored.</summary>
    /// <exception cref="FlagChangeException">A write failed.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task RegisterAsync_NeedsLock()
    {
        // Other instances cannot see what is in memory.
        if (!store.Current.IsDurable)
            return;
        FlagCatalog catalog = configuration.Catalog;
        string answers = AnswersOf(catalog);
        TimeSpan every = Longer(catalog.Settings.StorePollInterval, HeartbeatEvery);
        bool isStored = document.IsKnown && document.Mine.Answers == answers && document.Mine.Every == every;
        if (isStored && time.GetElapsedTime(_lastHeartbeat) < HeartbeatEvery)
            return;
        try
        {
            _lastHeartbeat = time.GetTimestamp();
            await document.WriteAsync_NeedsLock(
                mine => mine with { At = time.GetUtcNow(), Every = every, Answers = answers }, []).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FlagChangeException or StoreException)
        {
            // Other instances may be unable to write their heartbeats, too.
            _seen.Clear();
            throw;
        }
    }

    /// <summary>
    /// Whether another instance is alive whose configuration answers otherwise, as during a deployment. An instance
    /// that did not deregister is alive until its document has not changed for three times its interval.
    /// </summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<bool> IsDividedAsync_NeedsLock(FlagCatalog catalog)
    {
        string answers = AnswersOf(catalog);
        bool divided = false;
        foreach (StoredDocument other in await document.ReadAllAsync().ConfigureAwait(false))
        {
            if (other.Json is null)
                continue;
            // One that cannot be read is of another release: what it answers is not known.
            InstanceRecord? instance = InstanceDocument.Read(other);
            if (instance is not null && (IsMine(instance) || instance.Answers == answers || instance.Answers.Length == 0))
                continue;
            TimeSpan every = Longer(instance?.Every ?? TimeSpan.Zero, HeartbeatEvery);
            divided |= time.GetElapsedTime(UnchangedSince(other)) < 3 * every;
        }
        return divided;
    }

    /// <summary>Whether no other instance is known to run. One that was killed counts as running: it did not deregister.</summary>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<bool> IsAloneAsync_NeedsLock()
    {
        IReadOnlyList<StoredDocument> all = await document.ReadAllAsync().ConfigureAwait(false);
        return all.All(other => other.Json is null || (InstanceDocument.Read(other) is { } instance && IsMine(instance)));
    }

    /// <summary>This instance ends.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public Task DeregisterAsync_NeedsLock() => document.DeleteAsync_NeedsLock();

    private bool IsMine(InstanceRecord instance) => instance.Id == document.Mine.Id;

    private long UnchangedSince(StoredDocument other)
    {
        if (_seen.TryGetValue(other.Key, out (long Version, long Since) seen) && seen.Version == other.Version)
            return seen.Since;
        long now = time.GetTimestamp();
        _seen[other.Key] = (other.Version, now);
        return now;
    }

    private string AnswersOf(FlagCatalog catalog)
    {
        if (_hashed is { } hashed && ReferenceEquals(hashed.Catalog, catalog))
            return hashed.Answers;
        IEnumerable<string> lines = catalog.Flags.Values.Select(flag => $"{FlagKey.Of(flag.Name)} {StoredJson.Write(Baseline.Of(flag))}");
        string answers = FlagETag.Of(string.Join('\n', lines.Order(StringComparer.Ordinal)));
        _hashed = (catalog, answers);
        return answers;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other)
    {
        if (one > other)
            return one;
        return other;
    }
}
