using FeatureManagement.ActionTracing.Answering;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// Off in an emergency. In an ordinary flag: while <c>flag</c> is in emergency, or without it while any emergency flag
/// is on.
/// </summary>
[FilterAlias(Alias)]
internal sealed class EmergencyOffFilter(AmbientContext ambient, FilterRules rules) : AmbientRuleFilter(ambient, rules.EmergencyOff)
{
    public const string Alias = "ActionTracingEmergencyOff";
}

/// <summary>The same for calls with a context.</summary>
[FilterAlias(EmergencyOffFilter.Alias)]
internal sealed class ContextualEmergencyOffFilter(EvaluationWarnings warnings, FilterRules rules)
    : ContextualRuleFilter(warnings, rules.EmergencyOff);
