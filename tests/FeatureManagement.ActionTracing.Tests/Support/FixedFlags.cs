using System.Collections.Frozen;
using FeatureManagement.ActionTracing.Configuration;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>Flags that a test sets, in the place of configuration.</summary>
internal sealed class FixedFlags : IFlagCatalogSource
{
    public FixedFlags(params IEnumerable<FlagDefinition> flags) => Catalog = CatalogOf(flags);

    public FlagCatalog Catalog { get; private set; }

    public event Action<FlagCatalog>? Changed;

    /// <summary>What a source that validates would ask before an edit removes an emergency flag.</summary>
    public Func<string, bool>? IsOn { get; private set; }

    public void AskWhetherOn(Func<string, bool> isOn) => IsOn = isOn;

    public void Set(params IEnumerable<FlagDefinition> flags) => Set(flags, null);

    public void Set(IEnumerable<FlagDefinition> flags, FeatureFlagSettings? settings)
    {
        Catalog = CatalogOf(flags, settings);
        Changed?.Invoke(Catalog);
    }

    public static FlagCatalog CatalogOf(IEnumerable<FlagDefinition> flags, FeatureFlagSettings? settings = null) => new()
    {
        Flags = flags.ToFrozenDictionary(flag => flag.Name, StringComparer.OrdinalIgnoreCase),
        BuiltIn = FrozenSet<string>.Empty,
        Settings = settings ?? new() { DefaultTimeout = TimeSpan.FromMinutes(1) }, // the machine that runs the tests may be slow
        TraceOutput = new(),
    };
}
