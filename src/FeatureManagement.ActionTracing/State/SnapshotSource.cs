using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.State;

/// <summary>
/// Holds the snapshot in force: configuration with the run-time layers over it. Replaces it whole when either changes.
/// Thread-safe.
/// </summary>
internal sealed class SnapshotSource : IDisposable
{
    private readonly IFlagCatalogSource _configuration;
    private readonly TimeProvider _time;
    private readonly FlagWatchers _watchers;
    private readonly IServiceProvider _services; // what reads the store needs this class, so it is resolved late
    private readonly bool _development;
    private readonly Lock _gate = new();
    private readonly LayerRecords _layers = new();
    private readonly CurrentMemo _memo;
    private FlagCatalog? _catalog;
    private EffectiveFlag[] _configured = []; // in the order of the snapshot
    private volatile FlagSnapshot _current;
    private volatile FlagSnapshot? _served; // the same; null until the stored state is known, or cannot be known

    public SnapshotSource(
        IFlagCatalogSource configuration, TimeProvider time, FlagWatchers watchers, IServiceProvider services,
        IHostEnvironment? environment = null)
    {
        _configuration = configuration;
        _time = time;
        _memo = new CurrentMemo(time);
        _watchers = watchers;
        _services = services;
        _development = environment?.IsDevelopment() ?? false;
        _current = SnapshotCompiler.Compile([], _development);
        configuration.Changed += Load;
        Load(configuration.Catalog);
        configuration.AskWhetherOn(flag => _current.Find(flag)?.CanBeOn == true);
    }

    /// <summary>
    /// Raised before a record is in force, under the locks of the caller and of this class, so that the first answer
    /// over the record is observed. Only <c>Rollouts</c> handles it: it opens an observation, does no I/O, and takes no
    /// lock but those below this one (docs/architecture.md, "Lock order").
    /// </summary>
    public event Action<string, FlagRecord>? Applying;

    /// <summary>The snapshot in force. An evaluation reads it once. The first read waits until the stored state is known.</summary>
    public FlagSnapshot Current => _served ?? First();

    /// <summary>The snapshot in force, without waiting for the stored state.</summary>
    public FlagSnapshot Latest => _current;

    /// <summary>The memo of variant assignments, or null where it is switched off.</summary>
    public VariantMemo? Memo => _memo.Value;

    /// <summary>Evaluations no longer wait for the stored state.</summary>
    public void Serve()
    {
        lock (_gate)
            _served = _current;
    }

    /// <summary>A flag without its run-time layers, or null where there is no such flag.</summary>
    public EffectiveFlag? Configured(string flag)
    {
        lock (_gate)
            return Configured_NeedsLock(flag);
    }

    /// <summary>All flags without their run-time layers: the same list until one changes.</summary>
    public IReadOnlyList<EffectiveFlag> ConfiguredFlags()
    {
        lock (_gate)
            return _configured;
    }

    /// <summary>Replaces the configured flags by the same with other times, unless they changed since. No watcher is notified.</summary>
    public bool TryDate(IReadOnlyList<EffectiveFlag> known, EffectiveFlag[] dated)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(known, _configured))
                return false;
            FlagSnapshot next = Compile_NeedsLock(dated, flag => _layers.Apply_NeedsLock(flag));
            _configured = dated;
            Replace_NeedsLock(next);
            return true;
        }
    }

    /// <summary>A flag's record, whether configuration has the flag or not.</summary>
    public VersionedRecord Layer(string flag)
    {
        lock (_gate)
            return _layers.Get_NeedsLock(flag);
    }

    /// <summary>The records of all flags that have one.</summary>
    public IReadOnlyList<KeyValuePair<string, VersionedRecord>> Layers()
    {
        lock (_gate)
            return _layers.All_NeedsLock();
    }

    /// <summary>Puts a flag's record in force, in the place of the one before. The next evaluation sees it.</summary>
    /// <returns>The snapshots before and after.</returns>
    public (FlagSnapshot Before, FlagSnapshot After) Apply(string flag, VersionedRecord record)
    {
        lock (_gate)
        {
            // Nothing is kept before the snapshot is made, so that records and snapshot always agree.
            FlagSnapshot before = _current;
            FlagSnapshot next = before;
            if (Configured_NeedsLock(flag) is { } configured)
                next = before.With(FlagLayers.Apply(configured, record));
            Keep_NeedsLock(flag, record);
            Publish_NeedsLock(next);
            return (before, next);
        }
    }

    /// <summary>Puts many records in force at once.</summary>
    public void Apply(IReadOnlyCollection<KeyValuePair<string, VersionedRecord>> records)
    {
        if (records.Count == 0)
            return;
        lock (_gate)
        {
            var applied = new Dictionary<string, VersionedRecord>(records, StringComparer.OrdinalIgnoreCase);
            FlagSnapshot next = Compile_NeedsLock(_configured, flag => _layers.Apply_NeedsLock(flag, applied));
            foreach ((string flag, VersionedRecord record) in applied)
                Keep_NeedsLock(flag, record);
            Publish_NeedsLock(next);
        }
    }

    public void Dispose()
    {
        _configuration.Changed -= Load;
        _memo.Dispose();
    }

    private FlagSnapshot First()
    {
        _services.GetRequiredService<IStoredState>().Wait();
        return _current;
    }

    private void Load(FlagCatalog _)
    {
        lock (_gate)
        {
            // The last call reads the newest catalog.
            FlagCatalog catalog = _configuration.Catalog;
            if (ReferenceEquals(catalog, _catalog))
                return;
            EffectiveFlag[] configured = CatalogFlags.Of(catalog, Configured_NeedsLock, _time.GetUtcNow());
            FlagSnapshot next = Compile_NeedsLock(configured, flag => _layers.Apply_NeedsLock(flag), catalog.Settings.AuditFlagEvaluations);
            _configured = configured; // in the order of the snapshot that follows
            _memo.Renew_NeedsLock(_catalog?.Settings, catalog.Settings);
            _catalog = catalog;
            Publish_NeedsLock(next);
        }
    }

    private EffectiveFlag? Configured_NeedsLock(string flag)
    {
        int place = _current.PlaceOf(flag);
        if (place < 0)
            return null;
        return _configured[place];
    }

    private FlagSnapshot Compile_NeedsLock(
        EffectiveFlag[] configured, Converter<EffectiveFlag, EffectiveFlag> layered, bool? isAudited = null) =>
        SnapshotCompiler.Compile(Array.ConvertAll(configured, layered), _development, _current, isAudited ?? _current.IsAudited);

    private void Keep_NeedsLock(string flag, VersionedRecord record)
    {
        _layers.Set_NeedsLock(flag, record);
        Applying?.Invoke(flag, record.Record);
    }

    private void Publish_NeedsLock(FlagSnapshot next)
    {
        FlagSnapshot before = _current;
        Replace_NeedsLock(next);
        _watchers.Notify(before, next); // only queues: callbacks run on other threads
    }

    private void Replace_NeedsLock(FlagSnapshot next)
    {
        _current = next;
        if (_served is not null)
            _served = next;
    }
}
