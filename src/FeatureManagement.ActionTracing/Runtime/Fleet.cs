using System.Text.Json;
using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>
/// The processes that share the store, in one document of it: which are alive, what the configuration of each answers, and which audit entries that stand alone
/// each has written. Not thread-safe: <see cref="FlagControl"/> has one conversation with the store at a time.
/// </summary>
internal sealed class Fleet(BoundedStore store, IFlagCatalogSource configuration, NodeName node, TimeProvider time)
{
    public const string Key = "fleet";

    private const int MaxAttempts = 20;

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AliveFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    // Two containers may have one name and one process id.
    private readonly string _me = $"{node}/{Guid.NewGuid():N}";
    private (long At, string Answers)? _told;
    private (FlagCatalog Catalog, string Answers)? _stamped;
    private long _batches;

    /// <summary>Tells the others that this process is alive, and what its configuration answers, where they do not know it yet.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task TellAsync()
    {
        // What is in memory nobody else can see.
        if (!store.Current.IsDurable)
            return;
        FlagCatalog catalog = configuration.Catalog;
        string answers = AnswersOf(catalog);
        if (_told is { } told && told.Answers == answers && time.GetElapsedTime(told.At) < TellEvery)
            return;
        long now = time.GetTimestamp();
        TimeSpan polled = 3 * catalog.Settings.StorePollInterval;
        await ChangeAsync(mine => mine with { Until = time.GetUtcNow() + (polled > AliveFor ? polled : AliveFor), Answers = answers }, []).ConfigureAwait(false);
        _told = (now, answers);
    }

    /// <summary>Whether another process is alive whose configuration answers otherwise, as during a deployment.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task<bool> IsDividedAsync(FlagCatalog catalog)
    {
        string answers = AnswersOf(catalog);
        DateTimeOffset now = time.GetUtcNow();
        (_, Dictionary<string, FleetMember> members) = await ReadAsync().ConfigureAwait(false);
        return members.Any(member => member.Key != _me && member.Value.Until > now && member.Value.Answers != answers);
    }

    /// <summary>
    /// Writes audit entries that come with no change of a flag: once, also where it is called again because it was not known whether the call before had written them.
    /// </summary>
    /// <exception cref="FlagChangeException">The store failed; whether anything was written is not known.</exception>
    public async Task WriteAsync(IReadOnlyList<AuditEntry> entries)
    {
        await ChangeAsync(mine => mine.Batches > _batches ? mine : mine with { Batches = _batches + 1 }, entries).ConfigureAwait(false);
        _batches++;
    }

    /// <summary>Tells the others that this process ends.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task LeaveAsync()
    {
        if (_told is not null)
            await ChangeAsync(_ => null, []).ConfigureAwait(false);
        _told = null;
    }

    private async Task ChangeAsync(Func<FleetMember, FleetMember?> change, IReadOnlyList<AuditEntry> entries)
    {
        for (int attempt = 0; attempt < MaxAttempts; attempt++)
        {
            (long version, Dictionary<string, FleetMember> members) = await ReadAsync().ConfigureAwait(false);
            FleetMember mine = members.GetValueOrDefault(_me) ?? new FleetMember();
            FleetMember? next = change(mine);
            if (ReferenceEquals(next, mine))
                return;
            DateTimeOffset gone = time.GetUtcNow() - KeptFor;
            foreach ((string name, FleetMember member) in members)
                if (member.Until < gone)
                    members.Remove(name);
            if (next is null)
                members.Remove(_me);
            else
                members[_me] = next;
            var commit = new StoreCommit([new DocumentWrite(Key, StoredJson.Write(members), version)], entries);
            if ((await store.WriteAsync((inner, bound) => inner.CommitAsync(commit, bound), CancellationToken.None).ConfigureAwait(false)).Committed)
                return;
        }
        throw new FlagChangeException(FlagChangeError.StoreUnavailable, "Other processes write to the store again and again; it is tried again with the next poll.");
    }

    private async Task<(long Version, Dictionary<string, FleetMember> Members)> ReadAsync()
    {
        StoreChanges found = await store.ReadAsync((inner, bound) => inner.ReadAsync(Key, 0, bound), CancellationToken.None).ConfigureAwait(false);
        if (found.Documents.FirstOrDefault(document => document.Key == Key) is not { } document)
            return (0, []);
        try
        {
            return (document.Version, document.Json is null ? [] : StoredJson.Read<Dictionary<string, FleetMember>>(document.Json));
        }
        catch (JsonException)
        {
            // Whoever is alive tells it again.
            return (document.Version, []);
        }
    }

    private string AnswersOf(FlagCatalog catalog)
    {
        if (_stamped is { } stamped && ReferenceEquals(stamped.Catalog, catalog))
            return stamped.Answers;
        string all = string.Join('\n', catalog.Flags.Values.Select(flag => $"{FlagKey.Of(flag.Name)} {StoredJson.Write(ConfiguredAnswer.Of(flag))}").Order(StringComparer.Ordinal));
        string answers = FlagStamp.Of(all);
        _stamped = (catalog, answers);
        return answers;
    }
}
