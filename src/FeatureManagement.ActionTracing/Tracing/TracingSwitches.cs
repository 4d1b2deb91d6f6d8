using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>Asks the flags that control tracing. Thread-safe.</summary>
internal sealed class TracingSwitches(SnapshotSource source, FlagEvaluator evaluator, AmbientContext ambient)
{
    public const string Enabled = "action_tracing_enabled";
    public const string Output = "trace_output_enabled";
    public const string Metrics = "performance_monitoring";
    public const string VerbosityTest = "trace_verbosity_test";
    public const string Verbosity = "verbose_tracing";
    public const string Shutdown = "emergency_shutdown";

    private const string VerbosityKey = "verbosity";

    /// <summary>Whether tracing is on at all. With it off, nothing else is asked.</summary>
    public bool IsEnabled(FeatureFlagContext? context, IServiceProvider? scope)
    {
        FlagSnapshot snapshot = source.Current;
        return snapshot.TryFind(Enabled, out CompiledFlag? flag)
            && evaluator.IsOn(snapshot, flag, context is not null || snapshot.NeedsContext(flag) ? SubjectOf(context, scope) : Subject.Nobody);
    }

    /// <summary>The components that are on for somebody for whom tracing is on.</summary>
    public TracedParts Parts(in Subject subject)
    {
        FlagSnapshot snapshot = source.Current;
        // An emergency flag stops the others by itself; a flag of this name without a priority stops tracing all the same.
        if (IsOn(snapshot, Shutdown, subject))
            return TracedParts.None;
        return new TracedParts(true, IsOn(snapshot, Output, subject), IsOn(snapshot, Metrics, subject), VerbosityFor(snapshot, subject));
    }

    /// <summary>The components that are still on at the end of an action. Nothing is exposed or counted by this question.</summary>
    public TracedParts StillOn(TracedParts parts, in Subject subject)
    {
        FlagSnapshot snapshot = source.Current;
        return Decide(snapshot, Enabled, subject) && !Decide(snapshot, Shutdown, subject)
            ? parts with { Output = parts.Output && Decide(snapshot, Output, subject), Metrics = parts.Metrics && Decide(snapshot, Metrics, subject) }
            : TracedParts.None;
    }

    /// <summary>For whom an action is: the context, else what the accessor of the scope says, else that of the application.</summary>
    public Subject SubjectOf(FeatureFlagContext? context, IServiceProvider? scope) =>
        context is not null ? new Subject(context) : (scope?.GetRequiredService<AmbientContext>() ?? ambient).Get();

    private TraceVerbosity VerbosityFor(FlagSnapshot snapshot, in Subject subject) =>
        (VariantOf(snapshot, VerbosityTest, subject) ?? VariantOf(snapshot, Verbosity, subject)) is { } variant
            ? Parse(variant)
            : TraceVerbosity.Minimal;

    private FlagVariant? VariantOf(FlagSnapshot snapshot, string name, in Subject subject) =>
        snapshot.TryFind(name, out CompiledFlag? flag) && evaluator.Variant(snapshot, flag, subject) is var variant and >= 0
            ? flag.Variants!.Variants[variant]
            : null;

    /// <summary>A variant says so by its configuration, else by its name.</summary>
    private static TraceVerbosity Parse(FlagVariant variant)
    {
        string text = variant.Name;
        foreach ((string key, string? value) in variant.Config)
            if (value is not null && key.Equals(VerbosityKey, StringComparison.OrdinalIgnoreCase))
                text = value;
        return text.Equals(nameof(TraceVerbosity.Detailed), StringComparison.OrdinalIgnoreCase) ? TraceVerbosity.Detailed
            : text.Equals(nameof(TraceVerbosity.Standard), StringComparison.OrdinalIgnoreCase) ? TraceVerbosity.Standard
            : TraceVerbosity.Minimal;
    }

    private bool IsOn(FlagSnapshot snapshot, string name, in Subject subject) =>
        snapshot.TryFind(name, out CompiledFlag? flag) && evaluator.IsOn(snapshot, flag, subject);

    private static bool Decide(FlagSnapshot snapshot, string name, in Subject subject) =>
        snapshot.TryFind(name, out CompiledFlag? flag) && snapshot.Decide(flag, subject).IsOn();
}
