using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Filters;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// The flags of one snapshot as definitions of Microsoft.FeatureManagement, each created once, at first use.
/// Thread-safe.
/// </summary>
internal sealed class FlagFeatureDefinitions(FlagSnapshot snapshot, AmbientAction action)
{
    private readonly Task<FeatureDefinition>?[] _definitions = new Task<FeatureDefinition>?[snapshot.Flags.Length];

    public FlagSnapshot Snapshot => snapshot;

    /// <summary>The definition of the flag at a place of the snapshot.</summary>
    public Task<FeatureDefinition> Get(int place) => Volatile.Read(ref _definitions[place]) ?? Add(place);

    private Task<FeatureDefinition> Add(int place)
    {
        Task<FeatureDefinition> made = Make(snapshot.Flags[place]);
        return Interlocked.CompareExchange(ref _definitions[place], made, null) ?? made;
    }

    private Task<FeatureDefinition> Make(CompiledFlag flag)
    {
        string? filter = FilterOf(flag);
        return Task.FromResult(new FeatureDefinition
        {
            Name = flag.Name,
            EnabledFor = filter is null ? [] : [FilterConfiguration(filter, flag)],
            RequirementType = RequirementType.All,
            Status = flag.IsDisabled ? FeatureStatus.Disabled : FeatureStatus.Conditional,
            Variants = flag.Variants is null ? [] : Variants(flag.Variants),
            Allocation = flag.Variants is null ? null : Allocation(flag.Variants),
            Telemetry = new TelemetryConfiguration { Enabled = flag.Definition.Telemetry },
        });
    }

    /// <summary>The one filter that decides; null for a disabled flag, which has none.</summary>
    private string? FilterOf(CompiledFlag flag)
    {
        FlagDefinition definition = flag.Definition;
        if (flag.InEmergency)
            return EmergencyOffFilter.Alias;
        if (flag.IsDisabled)
            return null;
        if (snapshot.NeedsOthers(flag))
            return HierarchyFilter.Alias;
        return definition.State switch
        {
            FlagState.Enabled => "AlwaysOn",
            FlagState.Development => DevelopmentStateFilter.Alias,
            _ when definition.Percentage == 0 => WhitelistFilter.Alias,
            _ => PercentageFilter.Alias,
        };
    }

    private FeatureFilterConfiguration FilterConfiguration(string filter, CompiledFlag flag) =>
        new() { Name = filter, ParametersObject = new CompiledRule(snapshot, flag, action) };

    private static VariantDefinition[] Variants(VariantTable table) =>
        [.. table.Variants.Select((variant, i) => new VariantDefinition { Name = variant.Name, ConfigurationValue = table.Section(i) })];

    private static Allocation Allocation(VariantTable table)
    {
        var percentile = new PercentileAllocation[table.Variants.Count];
        for (int i = 0; i < percentile.Length; i++)
            percentile[i] =
                new PercentileAllocation { Variant = table.Variants[i].Name, From = table.Ranges[i].From, To = table.Ranges[i].To };
        return new Allocation
        {
            Percentile = percentile,
            Seed = table.Seed,
        };
    }
}
