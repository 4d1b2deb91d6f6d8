using System.Text.Json;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>
/// Keeps in the store when the content of each flag in configuration last changed, so that a restart is no change.
/// Written only where a content is new. Guarded by <see cref="StoreLock"/>.
/// </summary>
internal sealed class ContentTimes(BoundedStore store, SnapshotSource source, InstanceRegistry instances, TimeProvider time)
{
    public const string Key = "configuration/content";

    private const int MaxAttempts = 5;

    private IReadOnlyList<EffectiveFlag>? _synced;
    private Dictionary<string, string>? _hashes; // by the keys of flags, as this instance last had them; null before its first time

    /// <summary>
    /// Writes contents that the store does not know, and dates the flags. Where others are always faster it is tried
    /// again at the next poll.
    /// </summary>
    /// <exception cref="FlagChangeException">A write failed.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task SyncAsync_NeedsLock()
    {
        IReadOnlyList<EffectiveFlag> flags = source.ConfiguredFlags();
        if (ReferenceEquals(flags, _synced) || !store.Current.IsDurable)
            return;
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            (Dictionary<string, ContentTime[]>? stored, long version) = await ReadAsync().ConfigureAwait(false);
            if (stored is null)
                return; // of another release: a write would erase it
            bool alone = _hashes is null && stored.Count > 0 && await instances.IsAloneAsync_NeedsLock().ConfigureAwait(false);
            var next = new Dictionary<string, ContentTime[]>(stored);
            Dictionary<string, string> hashes =
                flags.ToDictionary(flag => FlagKey.Of(flag.Definition.Name), flag => FlagETag.Of(flag.Definition));
            if (Update(next, flags, hashes, alone) && !await WriteAsync(next, version).ConfigureAwait(false))
                continue;
            IReadOnlyList<EffectiveFlag> dated = source.Date(flag => next.GetValueOrDefault(FlagKey.Of(flag.Name)) is { } history
                ? ContentHistory.TimeOf(history, FlagETag.Of(flag))
                : null);
            // What configuration came to say during the calls is written at the next poll.
            if (dated.Select(flag => flag.Definition).SequenceEqual(flags.Select(flag => flag.Definition)))
                _synced = dated;
            else
                _synced = null;
            _hashes = hashes;
            return;
        }
    }

    private bool Update(
        Dictionary<string, ContentTime[]> next, IReadOnlyList<EffectiveFlag> flags, Dictionary<string, string> hashes,
        bool alone)
    {
        bool changed = false;
        foreach (EffectiveFlag flag in flags)
            Put(FlagKey.Of(flag.Definition.Name), flag.LastModified);
        foreach (string key in next.Keys.Where(key => !hashes.ContainsKey(key)).ToArray())
            Put(key, time.GetUtcNow());
        return changed;

        void Put(string key, DateTimeOffset at)
        {
            string hash = hashes.GetValueOrDefault(key, ContentHistory.Absent);
            if (_hashes is not null && _hashes.GetValueOrDefault(key, ContentHistory.Absent) == hash)
                return; // not changed here
            ContentTime[] known = next.GetValueOrDefault(key, []);
            next[key] = ContentHistory.Next(known, hash, at, edited: _hashes is not null, alone);
            changed |= !ReferenceEquals(known, next[key]);
        }
    }

    private async Task<(Dictionary<string, ContentTime[]>? Stored, long Version)> ReadAsync()
    {
        StoreChanges found =
            await store.State.ReadAsync(Key, 0, CancellationToken.None).ConfigureAwait(false);
        if (found.Documents.FirstOrDefault(document => document.Key == Key) is not { Json: { } json } document)
            return ([], 0);
        try
        {
            return (JsonSerializer.Deserialize(json, ContentJson.Default.DictionaryStringContentTimeArray), document.Version);
        }
        catch (JsonException)
        {
            return (null, document.Version);
        }
    }

    private async Task<bool> WriteAsync(Dictionary<string, ContentTime[]> contents, long version)
    {
        string json = JsonSerializer.Serialize(contents, ContentJson.Default.DictionaryStringContentTimeArray);
        var commit = new StoreCommit([new DocumentWrite(Key, json, version)], []);
        return (await store.State.CommitAsync(commit, CancellationToken.None).ConfigureAwait(false)).IsCommitted;
    }
}
