using FeatureManagement.ActionTracing.Answering;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// On where the bucket is below a percentage. In an ordinary flag: <c>percentage</c>, with optional <c>whitelist</c>
/// and <c>groups</c>.
/// </summary>
[FilterAlias(Alias)]
internal sealed class PercentageFilter(AmbientContext ambient, FilterRules rules) : AmbientRuleFilter(ambient, rules.Percentage)
{
    public const string Alias = "ActionTracingPercentage";
}

/// <summary>The same for calls with a context.</summary>
[FilterAlias(PercentageFilter.Alias)]
internal sealed class ContextualPercentageFilter(EvaluationWarnings warnings, FilterRules rules)
    : ContextualRuleFilter(warnings, rules.Percentage);
