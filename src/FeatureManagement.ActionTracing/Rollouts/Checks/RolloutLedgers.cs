using System.Text.Json;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>Reads and writes the ledgers of rollouts. Thread-safe.</summary>
internal sealed class RolloutLedgers(BoundedStore store)
{
    private static string KeyOf(string flag) => "rollout/" + FlagKey.Of(flag);

    /// <summary>Reads the ledger of a rollout and its version, if it has changed since a version; else returns the known one.</summary>
    /// <param name="flag">The flag.</param>
    /// <param name="known">The last known ledger.</param>
    /// <param name="version">Its version.</param>
    /// <param name="everything">
    /// Whether to read it even if nothing seems to have changed: a store that was restored from a copy may have grown
    /// past the known version.
    /// </param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    public async Task<(RolloutLedger Ledger, long Version)> ReadAsync(
        string flag, RolloutLedger known, long version, bool everything, CancellationToken cancellationToken)
    {
        string key = KeyOf(flag);
        long since = version;
        if (everything)
            since = 0;
        StoreChanges changes = await ReadAsync(key, since, cancellationToken).ConfigureAwait(false);
        if (changes.Version < since)
        {
            // The store was put back, from a copy: what it says now is what holds.
            since = 0;
            changes = await ReadAsync(key, since, cancellationToken).ConfigureAwait(false);
        }
        if (changes.Documents.FirstOrDefault(document => document.Key == key) is not { } found)
            return (known, since);
        RolloutLedger? read = null;
        if (found.Json is not null)
            read = Read(found.Json);
        // Of another rollout: this one begins without any, in the same document.
        return (read?.Id == known.Id ? read : known with { }, found.Version);
    }

    /// <summary>Writes a ledger. Null where another instance was faster.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task<long?> WriteAsync(string flag, RolloutLedger ledger, long version, CancellationToken cancellationToken)
    {
        var commit = new StoreCommit([new DocumentWrite(KeyOf(flag), StoredJson.Write(ledger), version)], []);
        CommitResult result =
            await store.State.CommitAsync(commit, cancellationToken).ConfigureAwait(false);
        if (result.IsCommitted)
            return result.Version;
        return null;
    }

    private Task<StoreChanges> ReadAsync(string key, long since, CancellationToken cancellationToken) =>
        store.State.ReadAsync(key, since, cancellationToken);

    private static RolloutLedger? Read(string json)
    {
        try
        {
            return StoredJson.Read<RolloutLedger>(json);
        }
        catch (JsonException)
        {
            // Evidence that cannot be read is as good as none; what matters for the flag is in the flag's own document.
            return null;
        }
    }
}
