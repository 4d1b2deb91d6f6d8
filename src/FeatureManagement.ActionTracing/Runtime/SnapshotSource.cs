using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.Extensions.Hosting;

namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>Holds the snapshot in force and replaces it, whole, when configuration changes. Thread-safe.</summary>
internal sealed class SnapshotSource : IDisposable
{
    private readonly IFlagCatalogSource _configuration;
    private readonly TimeProvider _time;
    private readonly bool _development;
    private readonly Lock _gate = new();
    private FlagCatalog? _catalog;
    private volatile FlagSnapshot _current;
    private volatile VariantMemo? _memo;

    public SnapshotSource(IFlagCatalogSource configuration, TimeProvider time, IHostEnvironment? environment = null)
    {
        _configuration = configuration;
        _time = time;
        _development = environment?.IsDevelopment() ?? false;
        _current = FlagSnapshot.Compile([], _development);
        configuration.Changed += Load;
        Load(configuration.Catalog);
    }

    /// <summary>The snapshot in force. An evaluation reads it once.</summary>
    public FlagSnapshot Current => _current;

    /// <summary>The memo of variant assignments, or null where it is switched off.</summary>
    public VariantMemo? Memo => _memo;

    public void Dispose()
    {
        _configuration.Changed -= Load;
        _memo?.Dispose();
    }

    private void Load(FlagCatalog _)
    {
        lock (_gate)
        {
            // Whichever call comes last reads the newest.
            FlagCatalog catalog = _configuration.Catalog;
            if (ReferenceEquals(catalog, _catalog))
                return;
            _current = FlagSnapshot.Compile(Effective(catalog), _development, _current);
            if (_catalog is null || _catalog.Settings.CacheEnabled != catalog.Settings.CacheEnabled || _catalog.Settings.CacheTtl != catalog.Settings.CacheTtl)
            {
                _memo?.Dispose();
                _memo = catalog.Settings.CacheEnabled ? new VariantMemo(catalog.Settings.CacheTtl, _time) : null;
            }
            _catalog = catalog;
        }
    }

    private EffectiveFlag[] Effective(FlagCatalog catalog)
    {
        DateTimeOffset now = _time.GetUtcNow();
        var flags = new EffectiveFlag[catalog.Flags.Count];
        int count = 0;
        foreach (FlagDefinition definition in catalog.Flags.Values)
        {
            EffectiveFlag? before = _current.Find(definition.Name)?.Effective;
            FlagSource source = catalog.BuiltIn.Contains(definition.Name) ? FlagSource.BuiltIn : FlagSource.Configuration;
            flags[count++] = before is not null && ReferenceEquals(before.Definition, definition) && before.Source == source
                ? before
                : new EffectiveFlag { Definition = definition, Source = source, StateSource = source, PercentageSource = source, LastModified = now };
        }
        Array.Sort(flags, static (left, right) => string.Compare(left.Definition.Name, right.Definition.Name, StringComparison.OrdinalIgnoreCase));
        return flags;
    }
}
