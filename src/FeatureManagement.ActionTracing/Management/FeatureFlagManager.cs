using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;

namespace FeatureManagement.ActionTracing.Management;

internal sealed class FeatureFlagManager(
    SnapshotSource source, FlagEvaluator evaluator, AmbientContext ambient, EvaluationWarnings warnings, FlagEditor editor,
    KillSwitch killSwitch, FlagWatchers watchers, Func<IRolloutManager> rollouts) : IFeatureFlagManager
{
    public bool IsEnabled(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
        {
            if (context is not null)
                return evaluator.IsOn(new EvaluationCall(snapshot, compiled, new Subject(context)));
            return IsEnabled(snapshot, compiled);
        }
        warnings.UnknownFlag(flag, snapshot);
        return false;
    }

    public string? GetVariant(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
        {
            int variant = evaluator.Variant(new EvaluationCall(snapshot, compiled, ambient.Get(context)));
            if (variant < 0)
                return null;
            return compiled.Variants!.NameOf(variant);
        }
        warnings.UnknownFlag(flag, snapshot);
        return null;
    }

    public FlagEvaluation Evaluate(string flag, FeatureFlagContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
            return evaluator.Evaluate(new EvaluationCall(snapshot, compiled, ambient.Get(context)));
        warnings.UnknownFlag(flag, snapshot);
        return FlagEvaluation.Unknown(flag);
    }

    // A separate method keeps its caller, the common case, fast.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsEnabled(FlagSnapshot snapshot, CompiledFlag flag)
    {
        Subject subject = snapshot.NeedsContext(flag) ? ambient.Get() : Subject.WithoutContext;
        return evaluator.IsOn(new EvaluationCall(snapshot, flag, subject));
    }

    public IReadOnlyList<FlagStatus> GetAllFlags()
    {
        FlagSnapshot snapshot = source.Current;
        var flags = new List<FlagStatus>(snapshot.Flags.Length);
        foreach (CompiledFlag flag in snapshot.Flags)
            flags.Add(FlagStatus.Of(snapshot, flag));
        return flags;
    }

    public FlagStatus? GetFlag(string flag)
    {
        ArgumentNullException.ThrowIfNull(flag);
        FlagSnapshot snapshot = source.Current;
        if (snapshot.TryFind(flag, out CompiledFlag? compiled))
            return FlagStatus.Of(snapshot, compiled);
        return null;
    }

    public Task<FlagStatus> UpdateFlagAsync(
        string flag, FlagUpdate update, FlagChange change, long? expectedVersion, CancellationToken cancellationToken) =>
        editor.UpdateAsync(flag, update, change, expectedVersion, cancellationToken);

    public Task<FlagStatus> ResetFlagAsync(string flag, FlagChange change, long? expectedVersion, CancellationToken cancellationToken) =>
        editor.ResetAsync(flag, change, expectedVersion, cancellationToken);

    public Task<EmergencyResult> EmergencyShutdownAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        killSwitch.ShutDownAsync(flag, change, cancellationToken);

    public Task<FlagStatus> ClearEmergencyAsync(string flag, FlagChange change, CancellationToken cancellationToken) =>
        killSwitch.ClearAsync(flag, change, cancellationToken);

    public IDisposable WatchFlag(string flag, Action<FlagStatus> callback)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(callback);
        return watchers.Watch(flag, callback);
    }

    public RolloutProgress? GetRolloutProgress(string flag)
    {
        if (GetFlag(flag) is { } status)
            return RolloutProgress.Of(status, rollouts().GetStatus(flag));
        return null;
    }
}
