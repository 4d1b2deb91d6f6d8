using FeatureManagement.ActionTracing.Answering;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>On for named users and groups. In an ordinary flag: <c>whitelist</c> and <c>groups</c>.</summary>
[FilterAlias(Alias)]
internal sealed class WhitelistFilter(AmbientContext ambient) : AmbientRuleFilter(ambient, FilterRules.Whitelist)
{
    public const string Alias = "ActionTracingWhitelist";
}

/// <summary>The same for calls with a context.</summary>
[FilterAlias(WhitelistFilter.Alias)]
internal sealed class ContextualWhitelistFilter(EvaluationWarnings warnings) : ContextualRuleFilter(warnings, FilterRules.Whitelist);
