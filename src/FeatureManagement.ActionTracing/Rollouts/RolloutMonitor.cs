using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>
/// Moves the rollout of a flag: begins it when its planned time comes, checks it, and ends the monitoring when it
/// has ended. Of each flag one call at a time. Other instances over the store do the same; the
/// versions of the documents let one of them count time and take a step.
/// </summary>
internal sealed class RolloutMonitor(
    FlagCommitter committer, SnapshotSource source, RolloutRuns runs, RolloutObserver observer, SafetyCheck check, EarlySafetyCheck early,
    DueChecks due, TimeProvider time)
{
    /// <summary>Flags whose rollout is monitored.</summary>
    public IEnumerable<string> Flags => runs.Flags;

    /// <summary>Checks the rollout of a flag, or begins it where its planned time has come.</summary>
    public Task CheckAsync(string flag, CancellationToken cancellationToken)
    {
        // As it is now: an early check may have come before it.
        if (Current(flag) is not var (name, rollout))
            return Task.CompletedTask;
        if (rollout.Phase != RolloutPhase.Planned)
        {
            due.Checked(name);
            return check.RunAsync(name, rollout, cancellationToken);
        }
        DateTimeOffset now = time.GetUtcNow();
        if (rollout.StartedAt > now)
            return Task.CompletedTask;
        return committer.CommitAsync(RolloutEdits.Begin(name, rollout, now), cancellationToken);
    }

    /// <summary>Observes a percentage that has just come into force.</summary>
    public Task BeginAsync(string flag, CancellationToken cancellationToken)
    {
        if (Current(flag) is var (_, rollout) && rollout.IsApplied)
            return early.BeginAsync(flag, rollout, cancellationToken);
        observer.Forget(flag); // it ended before it was noticed
        return Task.CompletedTask;
    }

    /// <summary>Judges bad outcomes that may change the verdict.</summary>
    public Task CheckEarlyAsync(string flag, EarlyCheck kinds, CancellationToken cancellationToken)
    {
        if (Current(flag) is var (_, rollout) && rollout.IsApplied)
            return early.CheckAsync(flag, rollout, kinds, cancellationToken);
        return Task.CompletedTask;
    }

    /// <summary>Ends the monitoring of a flag that has no rollout any more.</summary>
    public Task ForgetEnded(string flag)
    {
        if (source.Layer(flag).Record.Rollout is null || source.Configured(flag) is null)
        {
            observer.Forget(flag);
            due.Forget(flag);
        }
        return Task.CompletedTask;
    }

    // None where configuration was edited since the start: it decides nothing any more, and the instance that saw the edit ends it.
    private (string Name, RolloutRecord Rollout)? Current(string flag)
    {
        if (source.Layer(flag).Record.Rollout is { } rollout
            && source.Configured(flag) is { } configured
            && rollout.Baseline == Baseline.Of(configured.Definition))
            return (configured.Definition.Name, rollout);
        return null;
    }
}
