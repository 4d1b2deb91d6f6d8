using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>A flag of ours, as a filter of the library sees it: the whole decision, in the snapshot that the definition was made from.</summary>
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
