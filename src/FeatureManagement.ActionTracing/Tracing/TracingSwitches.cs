using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// Evaluates the flags that control tracing. It never calls an accessor: before authentication, the answer would be for
/// the wrong user and could be cached for the whole request. A flag that depends on a context waits until the context
/// is known. Thread-safe.
/// </summary>
internal sealed class TracingSwitches(SnapshotSource source, FlagEvaluator evaluator)
{
    public const string Enabled = "action_tracing_enabled";
    public const string Output = "trace_output_enabled";
    public const string Metrics = "performance_monitoring";
    public const string VerbosityTest = "trace_verbosity_test";
    public const string Verbosity = "verbose_tracing";
    public const string Shutdown = "emergency_shutdown";

    private const string VerbosityKey = "verbosity";

    /// <summary>Whether any component needs the evaluations of an action; before its verbosity is known.</summary>
    public bool MayRecordEvaluations
    {
        get
        {
            FlagSnapshot snapshot = source.Current;
            return CanBeOn(snapshot, VerbosityTest) || CanBeOn(snapshot, Verbosity);
        }
    }

    /// <summary>
    /// Whether tracing is on at all, or null where that depends on a context and none is known. With it off, nothing
    /// else is evaluated.
    /// </summary>
    public bool? IsEnabled(TargetingContext? context)
    {
        FlagSnapshot snapshot = source.Current;
        if (!snapshot.TryFind(Enabled, out CompiledFlag? flag))
            return false;
        if (context is not null)
            return evaluator.IsOn(new EvaluationCall(snapshot, flag, Subject.From(context)));
        if (snapshot.DependsOnContext(flag) || flag.CanBeOn && Depends(snapshot, Shutdown))
            return null;
        return evaluator.IsOn(new EvaluationCall(snapshot, flag, Subject.WithoutContext));
    }

    /// <summary>
    /// The components that are on where tracing is on, or null where they depend on a context and none is known.
    /// </summary>
    public TracedParts? Parts(TargetingContext? context)
    {
        if (context is not null)
            return Parts(Subject.From(context));
        FlagSnapshot snapshot = source.Current;
        if (Depends(snapshot, Output) || Depends(snapshot, Metrics) || Depends(snapshot, VerbosityTest) || Depends(snapshot, Verbosity))
            return null;
        return Parts(Subject.WithoutContext);
    }

    /// <summary>The components that are on for a subject for which tracing is on.</summary>
    public TracedParts Parts(in Subject subject)
    {
        FlagSnapshot snapshot = source.Current;
        // An emergency flag stops the others by itself; a flag of this name without a priority also stops tracing.
        if (IsOn(snapshot, Shutdown, subject))
            return TracedParts.None;
        return new TracedParts(true, IsOn(snapshot, Output, subject), IsOn(snapshot, Metrics, subject), VerbosityFor(snapshot, subject));
    }

    /// <summary>The components that are on for a subject: none where tracing is off.</summary>
    public TracedParts PartsIfEnabled(in Subject subject)
    {
        if (IsOn(source.Current, Enabled, subject))
            return Parts(subject);
        return TracedParts.None;
    }

    /// <summary>The components that are still on at the end of an action. This exposes and counts nothing.</summary>
    public TracedParts StillOn(TracedParts parts, in Subject subject)
    {
        FlagSnapshot snapshot = source.Current;
        if (Decide(snapshot, Enabled, subject) && !Decide(snapshot, Shutdown, subject))
            return parts with
            {
                Output = parts.Output && Decide(snapshot, Output, subject),
                Metrics = parts.Metrics && Decide(snapshot, Metrics, subject),
            };
        return TracedParts.None;
    }

    private TraceVerbosity VerbosityFor(FlagSnapshot snapshot, in Subject subject)
    {
        if ((VariantOf(snapshot, VerbosityTest, subject) ?? VariantOf(snapshot, Verbosity, subject)) is { } variant)
            return Parse(variant);
        return TraceVerbosity.Minimal;
    }

    private FlagVariant? VariantOf(FlagSnapshot snapshot, string name, in Subject subject)
    {
        if (snapshot.TryFind(name, out CompiledFlag? flag)
            && evaluator.Variant(new EvaluationCall(snapshot, flag, subject)) is var variant and >= 0)
            return flag.Variants!.Variants[variant];
        return null;
    }

    /// <summary>The verbosity is in the configuration of the variant, else it is the variant's name.</summary>
    private static TraceVerbosity Parse(FlagVariant variant)
    {
        string text = variant.Name;
        foreach ((string key, string? value) in variant.Config)
            if (value is not null && key.Equals(VerbosityKey, StringComparison.OrdinalIgnoreCase))
                text = value;
        if (text.Equals(nameof(TraceVerbosity.Detailed), StringComparison.OrdinalIgnoreCase))
            return TraceVerbosity.Detailed;
        if (text.Equals(nameof(TraceVerbosity.Standard), StringComparison.OrdinalIgnoreCase))
            return TraceVerbosity.Standard;
        return TraceVerbosity.Minimal;
    }

    private bool IsOn(FlagSnapshot snapshot, string name, in Subject subject) =>
        snapshot.TryFind(name, out CompiledFlag? flag) && evaluator.IsOn(new EvaluationCall(snapshot, flag, subject));

    private static bool Depends(FlagSnapshot snapshot, string name) =>
        snapshot.TryFind(name, out CompiledFlag? flag) && snapshot.DependsOnContext(flag);

    private static bool CanBeOn(FlagSnapshot snapshot, string name) => snapshot.TryFind(name, out CompiledFlag? flag) && flag.CanBeOn;

    private static bool Decide(FlagSnapshot snapshot, string name, in Subject subject) =>
        snapshot.TryFind(name, out CompiledFlag? flag) && snapshot.Decide(flag, subject).IsOn();
}
