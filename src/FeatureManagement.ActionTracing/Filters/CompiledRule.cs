using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// A flag as a filter rule of Microsoft.FeatureManagement: the whole decision, in the snapshot of the definition.
/// </summary>
internal sealed class CompiledRule(FlagSnapshot snapshot, CompiledFlag flag, AmbientAction action) : FilterRule
{
    public override bool IsOn(string feature, in Subject subject)
    {
        EvaluationReason reason = snapshot.Decide(flag, subject);
        if (action.IsObserved)
            action.Evaluated(flag, subject.Key, reason);
        return reason.IsOn();
    }
}
