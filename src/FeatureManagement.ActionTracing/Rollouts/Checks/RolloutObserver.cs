using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>Asks the metrics source for what this instance observed of a rollout. Thread-safe.</summary>
internal sealed class RolloutObserver(RolloutRuns runs, RolloutTerms terms, IRolloutMetricsSource source, TimeProvider time)
{
    /// <summary>Reads the observations of the step of a record, and before that the last ones of the step before.</summary>
    public async Task<(RolloutRun Run, Observation Observation)> ObserveAsync(
        string flag, RolloutRecord record, CancellationToken cancellationToken)
    {
        RolloutRun run = runs.Get(flag, record);
        // Another instance took a step, or the rollout was resumed: what was observed since the last check belongs to the step before.
        if (run.At is { } before && before.Step != record.Step)
        {
            Observation last = await ReadAsync(flag, before, run, cancellationToken).ConfigureAwait(false);
            if (last.Observations is { } rest)
                run = run.Keep(before, run.CopyOf(before, rest));
        }
        run = runs.Set(flag, run.BeginStep(record));
        return (run, await ReadAsync(flag, record, run, cancellationToken).ConfigureAwait(false));
    }

    public async Task<Observation> ReadAsync(string flag, RolloutRecord record, RolloutRun run, CancellationToken cancellationToken)
    {
        TimeSpan limit = terms.Settings.DefaultTimeout;
        using var timer = new CancellationTokenSource(limit, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            ValueTask<RolloutObservations> read = source.ReadAsync(record.Query(flag, run.Ledger.SlowThreshold), bound.Token);
            return new(await read.AsTask().WaitAsync(bound.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, $"The metrics source did not answer within {limit}.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new(null, $"The metrics source failed: {Short(exception).TrimEnd('.')}.");
        }
    }

    /// <summary>Makes a check due early once bad outcomes may change the verdict.</summary>
    public void Arm(string flag, RolloutEvidence evidence, EarlyCheck check = EarlyCheck.Absolute | EarlyCheck.Comparison)
    {
        if (source is IEarlyChecks early)
            early.Arm(flag, RolloutGuards.MoreToStop(evidence), check);
    }

    public void Forget(string flag)
    {
        runs.Forget(flag);
        source.Forget(flag);
    }

    /// <summary>The message of an exception of foreign code: one line, short enough for a sentence.</summary>
    public static string Short(Exception exception) =>
        ForeignText.Cut(ForeignText.Escape(exception.Message), FlagChange.MaxLength / 2);
}
