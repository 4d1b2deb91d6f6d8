using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>
/// Sees to it that what was laid over an answer ends when configuration no longer gives that answer (<see cref="ConfigurationEdits"/>): at once where the edit is
/// made while this process runs; where it was made meanwhile, as soon as no other process is alive that still answers otherwise. Thread-safe.
/// </summary>
/// <remarks>What has ended has no effect any more even before it is written: layers over another answer are not laid.</remarks>
internal sealed class Reconciler : IDisposable
{
    private readonly SnapshotSource _source;
    private readonly FlagRecords _records;
    private readonly IFlagCatalogSource _configuration;
    private readonly ConfigurationAudit _audit;
    private readonly InstanceRegistry _instances;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new(); // one edit of configuration after the other
    private FlagCatalog? _catalog; // the one whose edits have been seen to; null before the stored state is known
    private volatile bool _settled;

    public Reconciler(SnapshotSource source, FlagRecords records, IFlagCatalogSource configuration, ConfigurationAudit audit, InstanceRegistry instances, TimeProvider time)
    {
        (_source, _records, _configuration, _audit, _instances, _time) = (source, records, configuration, audit, instances, time);
        configuration.Changed += Reconfigured;
    }

    /// <summary>The stored state is known from now on.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _catalog = _configuration.Catalog;
            _audit.Edited(_catalog);
        }
    }

    /// <summary>Others have changed what is laid over flags.</summary>
    public void Unsettle() => _settled = false;

    /// <summary>Ends what was laid over an answer that no process gives any more. It is pending then.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public async Task SettleAsync()
    {
        if (_settled || _catalog is not { } catalog)
            return;
        bool nothing = !ConfigurationEdits.Ended(null, catalog, _source.Layers(), _time.GetUtcNow()).Any();
        if (!nothing && await _instances.IsDividedAsync(catalog).ConfigureAwait(false))
            return;
        lock (_gate)
        {
            if (!ReferenceEquals(catalog, _catalog) || !ReferenceEquals(catalog, _configuration.Catalog))
                return;
            End(null, catalog, _source.Layers());
            _settled = true;
        }
    }

    /// <summary>Configuration was edited while a change was on its way to the store: the edit found nothing to end then, and it is the operator's hand all the same.</summary>
    public void Overtook(string flag, Baseline decidedBy)
    {
        lock (_gate)
        {
            FlagCatalog catalog = _configuration.Catalog;
            if (_catalog is null || (catalog.Flags.TryGetValue(flag, out FlagDefinition? now) && Baseline.Of(now) == decidedBy))
                return;
            End(null, catalog, [KeyValuePair.Create(flag, _source.Layer(flag))]);
        }
    }

    public void Dispose() => _configuration.Changed -= Reconfigured;

    private void Reconfigured(FlagCatalog _)
    {
        lock (_gate)
        {
            FlagCatalog catalog = _configuration.Catalog;
            _audit.Edited(catalog);
            if (_catalog is not { } before || ReferenceEquals(catalog, before))
                return;
            _catalog = catalog;
            _settled = false;
            End(before, catalog, _source.Layers());
        }
    }

    private void End(FlagCatalog? before, FlagCatalog after, IEnumerable<KeyValuePair<string, VersionedRecord>> layers)
    {
        foreach ((FlagEdit edit, FlagDefinition configured) in ConfigurationEdits.Ended(before, after, layers, _time.GetUtcNow()))
            _records.Act(edit, configured, out FlagSnapshot _, out FlagSnapshot _);
    }
}
