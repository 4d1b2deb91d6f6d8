using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>
/// Records what became of edits of configuration. The entries are written in the background, in order with everything
/// else. Thread-safe.
/// </summary>
internal sealed class ConfigurationAudit : IDisposable
{
    private const string Actor = "configuration";

    // So many entries fit in one transaction that keeps to its time.
    private const int MaxBatch = 500;

    private readonly IFlagCatalogSource _configuration;
    private readonly FlagRecords _records;
    private readonly InstanceName _instance;
    private readonly TimeProvider _time;
    private FlagCatalog _seen;

    public ConfigurationAudit(IFlagCatalogSource configuration, FlagRecords records, InstanceName instance, TimeProvider time)
    {
        (_configuration, _records, _instance, _time) = (configuration, records, instance, time);
        _seen = configuration.Catalog;
        configuration.Judged += Judged;
    }

    /// <summary>Configuration has changed. Called for one change at a time, before anything that follows from it is recorded.</summary>
    public void Edited(FlagCatalog catalog)
    {
        if (ReferenceEquals(catalog, _seen))
            return;
        Record(ConfigurationChanges.Between(_seen, catalog)
            .Select(
                change => Entry(AuditActions.Configured, change.Flag, change.What) with { Before = change.Before, After = change.After }));
        _seen = catalog;
    }

    public void Dispose() => _configuration.Judged -= Judged;

    private void Judged(IReadOnlyList<ConfigurationFault> rejected, IReadOnlyList<ConfigurationFault> recovered) => Record(
    [
        .. rejected.Select(fault => Entry(AuditActions.ConfigurationRejected, fault.Flag, fault.Message)),
        .. recovered.Select(fault => Entry(AuditActions.ConfigurationRecovered, fault.Flag, $"No longer: {fault.Message}")),
    ]);

    private void Record(IEnumerable<AuditEntry> entries)
    {
        foreach (AuditEntry[] batch in entries.Chunk(MaxBatch))
            _records.Enqueue(new OutboxEntry(batch));
    }

    private AuditEntry Entry(string action, string? flag, string reason) => new()
    {
        At = _time.GetUtcNow(),
        Action = action,
        Flag = flag,
        Actor = Actor,
        Reason = reason,
        Source = ChangeSource.Configuration,
        Instance = _instance.Value,
    };
}
