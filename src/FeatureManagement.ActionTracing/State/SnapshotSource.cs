using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.State;

/// <summary>
/// Holds the snapshot in force, which is configuration with the run-time layers over it, and replaces it whole when
/// either changes. Thread-safe.
/// </summary>
internal sealed class SnapshotSource : IDisposable
{
    private readonly IFlagCatalogSource _configuration;
    private readonly TimeProvider _time;
    private readonly FlagWatchers _watchers;
    private readonly bool _development;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, VersionedRecord> _layers = new(StringComparer.OrdinalIgnoreCase);
    private FlagCatalog? _catalog;
    private EffectiveFlag[] _configured = []; // as they stand in the snapshot
    private readonly IServiceProvider _services; // what reads the store needs this, so it is asked for late
    private volatile FlagSnapshot _current;
    private volatile FlagSnapshot? _served; // the same; null until the stored state is known, or cannot be known
    private volatile VariantMemo? _memo;

    public SnapshotSource(
        IFlagCatalogSource configuration, TimeProvider time, FlagWatchers watchers, IServiceProvider services,
        IHostEnvironment? environment = null)
    {
        _services = services;
        _configuration = configuration;
        _time = time;
        _watchers = watchers;
        _development = environment?.IsDevelopment() ?? false;
        _current = FlagSnapshot.Compile([], _development);
        configuration.Changed += Load;
        Load(configuration.Catalog);
        configuration.AskWhetherOn(flag => _current.Find(flag)?.CanBeOn == true);
    }

    /// <summary>
    /// Raised under the lock, before a record is in force, for what must be ready by then. Handlers must be quick and
    /// call nothing here but <see cref="Latest"/>: the store may be being read.
    /// </summary>
    public event Action<string, FlagRecord>? Applying;

    /// <summary>
    /// The snapshot in force. An evaluation reads it once. The first one of a process that has not read its store waits
    /// for that.
    /// </summary>
    public FlagSnapshot Current => _served ?? First();

    /// <summary>The snapshot as far as it is known, without waiting for the store.</summary>
    public FlagSnapshot Latest => _current;

    /// <summary>The memo of variant assignments, or null where it is switched off.</summary>
    public VariantMemo? Memo => _memo;

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
        {
            int place = _current.PlaceOf(flag);
            return place < 0 ? null : _configured[place];
        }
    }

    /// <summary>All flags without their run-time layers: the same list until one changes.</summary>
    public IReadOnlyList<EffectiveFlag> ConfiguredFlags()
    {
        lock (_gate)
            return _configured;
    }

    /// <summary>Says when the configured content of flags changed. No watcher is notified, because no flag changes.</summary>
    /// <param name="times">The time of a content; null where it is not known.</param>
    /// <returns>The <see cref="ConfiguredFlags"/> after it.</returns>
    public IReadOnlyList<EffectiveFlag> Date(Func<FlagDefinition, DateTimeOffset?> times)
    {
        lock (_gate)
        {
            EffectiveFlag[] dated = Array.ConvertAll(
                _configured,
                flag => times(flag.Definition) is { } at && at != flag.LastModified ? flag with { LastModified = at } : flag);
            if (dated.AsSpan().SequenceEqual(_configured))
                return _configured;
            FlagSnapshot next = FlagSnapshot.Compile(Array.ConvertAll(dated, Layered), _development, _current, _current.IsAudited);
            _current = next;
            if (_served is not null)
                _served = next;
            return _configured = dated;
        }
    }

    /// <summary>What is laid over a flag, whether configuration has the flag or not.</summary>
    public VersionedRecord Layer(string flag)
    {
        lock (_gate)
            return _layers.GetValueOrDefault(flag, VersionedRecord.None);
    }

    /// <summary>Everything that is laid over flags.</summary>
    public IReadOnlyList<KeyValuePair<string, VersionedRecord>> Layers()
    {
        lock (_gate)
            return [.. _layers];
    }

    /// <summary>Lays a record over a flag, in the place of the one that was there. The next evaluation sees it.</summary>
    /// <returns>The snapshots before and after.</returns>
    public (FlagSnapshot Before, FlagSnapshot After) Apply(string flag, VersionedRecord layer)
    {
        lock (_gate)
        {
            // Nothing is kept before the snapshot is made, so that layers and snapshot never part.
            FlagSnapshot before = _current;
            int place = before.PlaceOf(flag);
            FlagSnapshot next = place < 0 ? before : before.With(FlagLayers.Apply(_configured[place], layer));
            _layers[flag] = layer;
            Applying?.Invoke(flag, layer.Record);
            Publish(next);
            return (before, next);
        }
    }

    /// <summary>Lays many records at once.</summary>
    public void Apply(IReadOnlyCollection<KeyValuePair<string, VersionedRecord>> layers)
    {
        if (layers.Count == 0)
            return;
        lock (_gate)
        {
            var laid = new Dictionary<string, VersionedRecord>(layers, StringComparer.OrdinalIgnoreCase);
            FlagSnapshot next = FlagSnapshot.Compile(
                Array.ConvertAll(_configured, flag => laid.TryGetValue(flag.Definition.Name, out VersionedRecord layer)
                    ? FlagLayers.Apply(flag, layer)
                    : Layered(flag)),
                _development,
                _current,
                _current.IsAudited);
            foreach ((string flag, VersionedRecord layer) in laid)
            {
                _layers[flag] = layer;
                Applying?.Invoke(flag, layer.Record);
            }
            Publish(next);
        }
    }

    public void Dispose()
    {
        _configuration.Changed -= Load;
        _memo?.Dispose();
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
            // Whichever call comes last reads the newest.
            FlagCatalog catalog = _configuration.Catalog;
            if (ReferenceEquals(catalog, _catalog))
                return;
            EffectiveFlag[] configured = Configured(catalog);
            FlagSnapshot next = FlagSnapshot.Compile(
                Array.ConvertAll(configured, Layered), _development, _current, catalog.Settings.AuditFlagEvaluations);
            _configured = configured; // as they stand in the snapshot that follows
            if (_catalog is null
                || _catalog.Settings.CacheEnabled != catalog.Settings.CacheEnabled
                || _catalog.Settings.CacheTtl != catalog.Settings.CacheTtl)
            {
                _memo?.Dispose();
                _memo = catalog.Settings.CacheEnabled ? new VariantMemo(catalog.Settings.CacheTtl, _time) : null;
            }
            _catalog = catalog;
            Publish(next);
        }
    }

    private EffectiveFlag Layered(EffectiveFlag configured) =>
        _layers.TryGetValue(configured.Definition.Name, out VersionedRecord layer) ? FlagLayers.Apply(configured, layer) : configured;

    private void Publish(FlagSnapshot next)
    {
        FlagSnapshot before = _current;
        _current = next;
        if (_served is not null)
            _served = next;
        _watchers.Tell(before, next);
    }

    private EffectiveFlag[] Configured(FlagCatalog catalog)
    {
        DateTimeOffset now = _time.GetUtcNow();
        var flags = new EffectiveFlag[catalog.Flags.Count];
        int count = 0;
        foreach (FlagDefinition definition in catalog.Flags.Values)
        {
            int place = _current.PlaceOf(definition.Name);
            EffectiveFlag? before = place < 0 ? null : _configured[place];
            FlagSource source = catalog.SourceOf(definition);
            flags[count++] = before is not null && ReferenceEquals(before.Definition, definition) && before.Source == source
                ? before
                : EffectiveFlag.Of(definition, source, now);
        }
        Array.Sort(flags, static (left, right) =>
            string.Compare(left.Definition.Name, right.Definition.Name, StringComparison.OrdinalIgnoreCase));
        return flags;
    }
}
