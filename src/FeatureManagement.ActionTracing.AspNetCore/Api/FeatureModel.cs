using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>An ordinary flag of Microsoft.FeatureManagement, which the management API shows and never changes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State"><c>enabled</c>, <c>disabled</c>, or <c>conditional</c> where filters decide.</param>
/// <param name="Requirement">Whether <c>any</c> or <c>all</c> of its filters must say on.</param>
/// <param name="Filters">The names of its filters.</param>
/// <param name="Variants">The names of its variants.</param>
internal sealed record FeatureModel(string Name, string State, string Requirement, IReadOnlyList<string> Filters, IReadOnlyList<string> Variants)
{
    // The names by which Microsoft.FeatureManagement knows a filter that is always on.
    private static readonly string[] AlwaysOn = ["AlwaysOn", "Microsoft.AlwaysOn"];

    public static FeatureModel Of(FeatureDefinition definition)
    {
        string[] filters = [.. (definition.EnabledFor ?? []).Select(filter => filter.Name)];
        bool all = definition.RequirementType == RequirementType.All;
        bool[] on = [.. filters.Select(filter => AlwaysOn.Contains(filter, StringComparer.OrdinalIgnoreCase))];
        string state = definition.Status == FeatureStatus.Disabled || filters.Length == 0 ? "disabled"
            : (all ? on.All(always => always) : on.Any(always => always)) ? "enabled"
            : "conditional";
        return new FeatureModel(
            definition.Name,
            state,
            all ? "all" : "any",
            [.. filters.Where((_, i) => !on[i])],
            [.. (definition.Variants ?? []).Select(variant => variant.Name)]);
    }
}
