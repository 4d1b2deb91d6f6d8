using FeatureManagement.ActionTracing.Answering;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// On where a parent is on. In an ordinary flag: <c>parent</c>, the name of a flag under ActionTracing.
/// </summary>
[FilterAlias(Alias)]
internal sealed class HierarchyFilter(AmbientContext ambient, FilterRules rules) : AmbientRuleFilter(ambient, rules.Hierarchy)
{
    public const string Alias = "ActionTracingHierarchy";
}

/// <summary>The same for calls with a context.</summary>
[FilterAlias(HierarchyFilter.Alias)]
internal sealed class ContextualHierarchyFilter(EvaluationWarnings warnings, FilterRules rules)
    : ContextualRuleFilter(warnings, rules.Hierarchy);
