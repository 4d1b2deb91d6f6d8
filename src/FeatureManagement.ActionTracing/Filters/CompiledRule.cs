using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>A flag of ours, as a filter of the library sees it: the whole decision, in the snapshot that the definition was made from.</summary>
internal sealed class CompiledRule(FlagSnapshot snapshot, CompiledFlag flag) : FilterRule
{
    public override bool IsOn(string feature, in Subject subject) => snapshot.Decide(flag, subject).IsOn();
}
