using FeatureManagement.ActionTracing.Answering;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>On exactly where the host environment is Development. It has no parameters.</summary>
[FilterAlias(Alias)]
internal sealed class DevelopmentStateFilter(AmbientContext ambient, FilterRules rules) : AmbientRuleFilter(ambient, rules.DevelopmentState)
{
    public const string Alias = "ActionTracingDevelopmentState";
}

/// <summary>The same for calls with a context.</summary>
[FilterAlias(DevelopmentStateFilter.Alias)]
internal sealed class ContextualDevelopmentStateFilter(EvaluationWarnings warnings, FilterRules rules)
    : ContextualRuleFilter(warnings, rules.DevelopmentState);
