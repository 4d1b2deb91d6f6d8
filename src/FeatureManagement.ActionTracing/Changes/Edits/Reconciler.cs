using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Changes.Edits;

/// <summary>
/// Ends overrides and rollouts whose baseline an edit of configuration changed (<see cref="ConfigurationEdits"/>): at
/// once where the edit is made while this instance runs; else as soon as no other instance is alive whose configuration
/// still has the old baseline. Thread-safe.
/// </summary>
/// <remarks>What is to end has no effect even before it is stored: a layer over another baseline is not applied.</remarks>
internal sealed class Reconciler : IDisposable
{
    private readonly SnapshotSource _source;
    private readonly FlagRecords _records;
    private readonly IFlagCatalogSource _configuration;
    private readonly ConfigurationAudit _audit;
    private readonly InstanceRegistry _instances;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new(); // one edit of configuration after the other
    private FlagCatalog? _catalog; // the last one that was reconciled; null before the stored state is known
    private volatile bool _reconciled;

    public Reconciler(
        SnapshotSource source,
        FlagRecords records,
        IFlagCatalogSource configuration,
        ConfigurationAudit audit,
        InstanceRegistry instances,
        TimeProvider time)
    {
        _source = source;
        _records = records;
        _configuration = configuration;
        _audit = audit;
        _instances = instances;
        _time = time;
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

    /// <summary>Other instances have changed records.</summary>
    public void MarkUnreconciled() => _reconciled = false;

    /// <summary>Ends what has a baseline that no instance's configuration has any more. The ends are in the outbox then.</summary>
    /// <exception cref="FlagChangeException">A write failed.</exception>
    /// <exception cref="StoreException">A read failed.</exception>
    public async Task ReconcileAsync_NeedsLock()
    {
        if (_reconciled || _catalog is not { } catalog)
            return;
        bool isNeeded = ConfigurationEdits.Ended(null, catalog, _source.Layers(), _time.GetUtcNow()).Any();
        if (isNeeded && await _instances.IsDividedAsync_NeedsLock(catalog).ConfigureAwait(false))
            return;
        lock (_gate)
        {
            if (!ReferenceEquals(catalog, _catalog) || !ReferenceEquals(catalog, _configuration.Catalog))
                return;
            End_NeedsLock(null, catalog, _source.Layers());
            _reconciled = true;
        }
    }

    /// <summary>
    /// A commit is in force. Where configuration was edited during it, the edit found nothing to end then, and takes
    /// precedence now.
    /// </summary>
    /// <param name="flag">The flag.</param>
    /// <param name="decidedOver">The baseline from which the commit was decided.</param>
    public void ReconcileCommit(string flag, Baseline decidedOver)
    {
        lock (_gate)
        {
            FlagCatalog catalog = _configuration.Catalog;
            if (_catalog is null || (catalog.Flags.TryGetValue(flag, out FlagDefinition? now) && Baseline.Of(now) == decidedOver))
                return;
            End_NeedsLock(null, catalog, [KeyValuePair.Create(flag, _source.Layer(flag))]);
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
            _reconciled = false;
            End_NeedsLock(before, catalog, _source.Layers());
        }
    }

    private void End_NeedsLock(FlagCatalog? before, FlagCatalog after, IEnumerable<KeyValuePair<string, VersionedRecord>> layers)
    {
        foreach ((FlagEdit edit, FlagDefinition configured) in ConfigurationEdits.Ended(before, after, layers, _time.GetUtcNow()))
            _records.Apply(edit, configured, out FlagSnapshot _, out FlagSnapshot _);
    }
}
