using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Runtime;

internal sealed class FeatureFlagManager(SnapshotSource source, FlagEvaluator evaluator, AmbientContext ambient, EvaluationWarnings warnings) : IFeatureFlagManager
{
    public bool IsEnabled(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
            return context is null
                ? evaluator.IsOn(snapshot, compiled, snapshot.NeedsContext(compiled) ? ambient.Get() : Subject.Nobody)
                : evaluator.IsOn(snapshot, compiled, new Subject(context));
        warnings.UnknownFlag(flag, snapshot);
        return false;
    }

    public string? GetVariant(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
        {
            int variant = evaluator.Variant(snapshot, compiled, context is null ? ambient.Get() : new Subject(context));
            return variant < 0 ? null : compiled.Variants!.NameOf(variant);
        }
        warnings.UnknownFlag(flag, snapshot);
        return null;
    }

    public FlagEvaluation Evaluate(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
            return evaluator.Explain(snapshot, compiled, context is null ? ambient.Get() : new Subject(context));
        warnings.UnknownFlag(flag, snapshot);
        return new FlagEvaluation { Flag = flag, Enabled = false, Reason = EvaluationReason.Unknown };
    }

    public IReadOnlyList<FlagStatus> GetAllFlags()
    {
        FlagSnapshot snapshot = source.Current;
        var flags = new List<FlagStatus>(snapshot.Flags.Length);
        foreach (CompiledFlag flag in snapshot.Flags)
            flags.Add(Status(snapshot, flag));
        return flags;
    }

    public FlagStatus? GetFlag(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        return snapshot.TryFind(flag, out CompiledFlag? compiled) ? Status(snapshot, compiled) : null;
    }

    private static FlagStatus Status(FlagSnapshot snapshot, CompiledFlag flag) => new()
    {
        Definition = flag.Definition,
        Enabled = snapshot.CanBeOn(flag),
        Source = flag.Effective.Source,
        Version = flag.Effective.Version,
        LastModified = flag.Effective.LastModified,
    };
}
