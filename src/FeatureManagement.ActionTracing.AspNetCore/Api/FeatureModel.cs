using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// An ordinary flag of Microsoft.FeatureManagement. The management API shows it and never changes it.
/// </summary>
/// <param name="Name">The name.</param>
/// <param name="State"><c>enabled</c>, <c>disabled</c>, or <c>conditional</c> where filters decide.</param>
/// <param name="Requirement">Whether <c>any</c> or <c>all</c> of its filters must be on.</param>
/// <param name="Filters">The names of its filters.</param>
/// <param name="Variants">The names of its variants.</param>
internal sealed record FeatureModel(
    string Name, string State, string Requirement, IReadOnlyList<string> Filters, IReadOnlyList<string> Variants)
{
    // Microsoft.FeatureManagement's names of the filter that is always on.
    private static readonly string[] AlwaysOn = ["AlwaysOn", "Microsoft.AlwaysOn"];

    public static FeatureModel Of(FeatureDefinition definition)
    {
        string[] filters = [.. (definition.EnabledFor ?? []).Select(filter => filter.Name)];
        return new FeatureModel(
            definition.Name,
            StateOf(definition, filters),
            definition.RequirementType == RequirementType.All ? "all" : "any",
            [.. filters.Where(filter => !IsAlwaysOn(filter))],
            [.. (definition.Variants ?? []).Select(variant => variant.Name)]);
    }

    private static string StateOf(FeatureDefinition definition, string[] filters)
    {
        if (definition.Status == FeatureStatus.Disabled || filters.Length == 0)
            return "disabled";
        if (filters.All(IsAlwaysOn))
            return "enabled";
        if (definition.RequirementType != RequirementType.All && filters.Any(IsAlwaysOn))
            return "enabled";
        return "conditional";
    }

    private static bool IsAlwaysOn(string filter) => AlwaysOn.Contains(filter, StringComparer.OrdinalIgnoreCase);
}
