using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>
/// Runs the safety checks of rollouts, of each flag one at a time. Other instances over the store do the same; the
/// versions of the documents let one of them count time and take a step.
/// </summary>
internal sealed class RolloutRunner(
    RolloutRuns runs, RolloutObserver observer, SafetyCheck check, EarlySafetyCheck early, RolloutEffects effects, TimeProvider time)
{
    /// <inheritdoc cref="RolloutRuns.Checks"/>
    public IEnumerable<KeyValuePair<string, RolloutCheck?>> Checks => runs.Checks;

    /// <summary>Flags whose rollout is monitored.</summary>
    public IEnumerable<string> Monitored => runs.Flags;

    /// <summary>The result of the last check of a rollout in this instance, or null.</summary>
    public RolloutCheck? Last(string flag, string id) => runs.Find(flag, id)?.Last;

    /// <summary>Ends the monitoring of a flag.</summary>
    public void Forget(string flag) => observer.Forget(flag);

    /// <inheritdoc cref="EarlySafetyCheck.BeginAsync"/>
    public Task BeginAsync(string flag, RolloutRecord record, CancellationToken cancellationToken) =>
        early.BeginAsync(flag, record, cancellationToken);

    /// <inheritdoc cref="EarlySafetyCheck.CheckAsync"/>
    public Task CheckEarlyAsync(string flag, RolloutRecord record, EarlyCheck due, CancellationToken cancellationToken) =>
        early.CheckAsync(flag, record, due, cancellationToken);

    /// <summary>Checks the rollout of a flag. An internal error puts it on hold: it causes no advance and no rollback.</summary>
    public async Task CheckAsync(string flag, RolloutRecord record, CancellationToken cancellationToken)
    {
        try
        {
            await check.RunAsync(flag, record, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // See above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fail(flag, runs.Get(flag, record), exception);
        }
    }

    private void Fail(string flag, RolloutRun run, Exception exception)
    {
        var verdict = new RolloutVerdict(VerdictKind.Failed, $"The last safety check failed: {RolloutObserver.Short(exception)}");
        if (run.Last?.Verdict != verdict)
            effects.Report(flag, exception);
        RolloutLedger ledger = run.Ledger with { Hold = new RolloutHold(verdict.Kind, verdict.Reason, time.GetUtcNow()) };
        runs.Set(flag, run with
        {
            Mark = time.GetTimestamp(),
            Last = new RolloutCheck(ledger, verdict, run.Last?.Guards ?? "", run.Last?.DefaultKeys ?? 0),
        });
    }
}
