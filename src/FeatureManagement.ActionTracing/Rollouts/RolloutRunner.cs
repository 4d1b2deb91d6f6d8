using System.Collections.Concurrent;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>
/// Checks at one rollout at a time: reads what was seen, decides, and does what was decided. Other processes over the store do the same beside it; the
/// versions of the documents let one of them count time and take a step.
/// </summary>
internal sealed partial class RolloutRunner(
    FlagControl control, SnapshotSource source, IFlagCatalogSource configuration, RolloutLedgers ledgers, IRolloutMetricsSource metricsSource,
    RolloutMetrics metrics, TimeProvider time, ILogger<RolloutRunner> logger)
{
    private const int MaxAttempts = 5;
    private const string Actor = "action-tracing";

    private readonly ConcurrentDictionary<string, RolloutRun> _runs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What the last look at a rollout left here, or null.</summary>
    public RolloutCheck? Last(string flag, string id) => _runs.GetValueOrDefault(flag) is { } run && run.Id == id ? run.Last : null;

    /// <summary>What the last look at each rollout left here, by flag: null before the first, and another object after each.</summary>
    public IEnumerable<KeyValuePair<string, RolloutCheck?>> Checks => _runs.Select(static run => KeyValuePair.Create(run.Key, run.Value.Last));

    /// <summary>Flags that are watched here.</summary>
    public IEnumerable<string> Watched => _runs.Keys;

    /// <summary>Stops watching a flag.</summary>
    public void Forget(string flag)
    {
        _runs.TryRemove(flag, out _);
        metricsSource.Forget(flag);
    }

    /// <summary>One look at a flag's rollout. An error of the rollout's own machinery holds it, and moves it neither way.</summary>
    public async Task CheckAsync(string flag, RolloutRecord record, CancellationToken cancellationToken)
    {
        RolloutRun run = RunOf(flag, record);
        try
        {
            await CheckAsync(flag, record, run, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever fails here, the rollout stands where it is.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            run.Mark = time.GetTimestamp();
            var verdict = new RolloutVerdict(VerdictKind.Failed, $"The last look failed: {Short(exception)}");
            if (run.Last?.Verdict != verdict)
                LogFailed(ForeignText.Escape(flag), exception);
            run.Last = new RolloutCheck(
                run.Ledger with { Hold = new RolloutHold(verdict.Kind, verdict.Reason, time.GetUtcNow()) }, verdict, run.Last?.Guards ?? "", run.Last?.DefaultKeys ?? 0);
        }
    }

    /// <summary>
    /// A percentage is in force: it is observed from now on, and not from the next safety check on. Whatever fails here, that check meets again.
    /// </summary>
    public async Task BeginAsync(string flag, RolloutRecord record, CancellationToken cancellationToken)
    {
        RolloutRun run = RunOf(flag, record);
        // In the middle of a step, as after a pause, what the arms did so far must not move the end of the comparison's window.
        EarlyCheck check = run.At?.Step == record.Step ? EarlyCheck.Absolute : EarlyCheck.Absolute | EarlyCheck.Comparison;
        SafetyThresholds? thresholds = Live(flag, record).SafetyThresholds;
        (RolloutObservations? seen, _) = await ObserveAsync(flag, record, run, configuration.Catalog.Settings, cancellationToken).ConfigureAwait(false);
        Arm(flag, record, thresholds, Take(record, run.Ledger, run, seen), seen, check);
        SayGuards(flag, run, GuardTexts.Describe(new(record, record.Limits(thresholds), run.Last?.Ledger)));
        // After a restart: how alpha is divided was decided before, and is not decided anew by what is seen here first.
        if (run.Version == 0)
            (run.Ledger, run.Version) = await ledgers.ReadAsync(flag, run.Ledger, run.Version, everything: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// A safety check before its time. It reads and judges, and writes nothing but a rollback: the next check by the clock puts in the ledger what this one saw.
    /// </summary>
    public async Task CheckEarlyAsync(string flag, RolloutRecord record, EarlyCheck check, CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(flag, out RolloutRun? run) || run.Id != record.Id)
            return;
        SafetyThresholds? thresholds = Live(flag, record).SafetyThresholds;
        (RolloutObservations? seen, _) = await ObserveAsync(flag, record, run, configuration.Catalog.Settings, cancellationToken).ConfigureAwait(false);
        if (seen is null)
            return;
        RolloutLedger taken = Take(record, run.Ledger, run, seen);
        string? reason = RolloutGuards.JudgeAbsolute(new(record, thresholds, taken, seen))?.Reason;
        if (reason is null && check.HasFlag(EarlyCheck.Comparison))
        {
            run.Keep(StratumOf(record, run.Key, seen));
            reason = RolloutGuards.Judge(new(record, thresholds, taken, seen)) is { Kind: VerdictKind.Regressed } verdict ? verdict.Reason : null;
        }
        if (reason is not null)
            await RollBackAsync(flag, record, taken, reason, cancellationToken).ConfigureAwait(false);
        else
            Arm(flag, record, thresholds, taken, seen, check);
    }

    private async Task CheckAsync(string flag, RolloutRecord record, RolloutRun run, CancellationToken cancellationToken)
    {
        FeatureFlagSettings settings = configuration.Catalog.Settings;
        RolloutConfig live = Live(flag, record);
        (RolloutObservations? seen, string? failure) = await ObserveAsync(flag, record, run, settings, cancellationToken).ConfigureAwait(false);

        // A rollback does not wait for the store, and neither do checks before their time: this one closes a window, whatever becomes of the store.
        if (seen is not null)
        {
            RolloutLedger known = Take(record, run.Ledger, run, seen);
            if (RolloutGuards.Judge(new(record, live.SafetyThresholds, known, seen)) is { Kind: VerdictKind.Regressed } at)
            {
                await RollBackAsync(flag, record, known, at.Reason, cancellationToken).ConfigureAwait(false);
                return;
            }
            run.Keep(StratumOf(record, run.Key, seen));
            Arm(flag, record, live.SafetyThresholds, known, seen);
        }

        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            (run.Ledger, run.Version) = await ledgers.ReadAsync(flag, run.Ledger, run.Version, everything: attempt > 1, cancellationToken).ConfigureAwait(false);
            long now = time.GetTimestamp();
            if (run.Ledger.Counted != run.Counted)
                (run.Counted, run.Mark) = (run.Ledger.Counted, now);
            RolloutLedger taken = Take(record, run.Ledger, run, seen);
            RolloutVerdict verdict = failure is not null ? new(VerdictKind.SourceUnavailable, failure)
                : !CanBeOn(flag) ? new(VerdictKind.FlagOff, "The flag can be on for nobody now: a parent is off, or there is an emergency.")
                : RolloutGuards.Judge(new(record, live.SafetyThresholds, taken, seen));
            RolloutDecision decision = RolloutDecision.Decide(record, taken, verdict, time.GetElapsedTime(run.Mark, now), live.MaxHold, settings, time.GetUtcNow());
            if (await ledgers.WriteAsync(flag, decision.Ledger, run.Version, cancellationToken).ConfigureAwait(false) is not { } version)
                continue;
            (run.Ledger, run.Version, run.Counted, run.Mark, run.Ended) = (decision.Ledger, version, decision.Ledger.Counted, now, null);
            run.Saved();
            if (verdict.Kind != VerdictKind.Healthy && run.Last?.Verdict.Kind != verdict.Kind)
                SayHeld(flag, verdict);
            string guards = GuardTexts.Describe(new(record, record.Limits(live.SafetyThresholds), decision.Ledger));
            SayGuards(flag, run, guards);
            run.Last = new RolloutCheck(decision.Ledger, verdict, guards, seen?.DefaultKeys ?? run.Last?.DefaultKeys ?? 0);
            Arm(flag, record, live.SafetyThresholds, decision.Ledger, seen);
            await DoAsync(flag, record, decision, cancellationToken).ConfigureAwait(false);
            if (control.Record(flag).Record.Rollout is { } after && after.Id == record.Id && after.Step != record.Step)
            {
                // The new step is watched from its first moment.
                BeginStep(run, after);
                (RolloutObservations? first, _) = await MeasureAsync(flag, after, run, settings, cancellationToken).ConfigureAwait(false);
                Arm(flag, after, live.SafetyThresholds, run.Ledger, first);
            }
            return;
        }
        throw new FlagChangeException(FlagChangeError.Conflict, $"The ledger of the rollout of flag '{flag}' is being changed by others again and again; the next look tries again.");
    }

    private async Task DoAsync(string flag, RolloutRecord record, RolloutDecision decision, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        RolloutLedger ledger = decision.Ledger;
        var watched = TimeSpan.FromSeconds(Math.Round(ledger.MonitoredTime.TotalSeconds));
        switch (decision.Kind)
        {
            case RolloutDecisionKind.Step:
                await control.CommitAsync(Edit(flag, "rollout_step", Say($"{record.Percentage:0.####} % → {decision.Percentage:0.####} % after {watched:c} watched"), ChangeSource.Rollout, now,
                    (_, laid) => IsStill(record, laid) ? laid with { Rollout = RolloutChanges.Step(laid.Rollout!, ledger, decision.Percentage, now), At = now } : laid), cancellationToken).ConfigureAwait(false);
                break;
            case RolloutDecisionKind.Complete:
                await control.CommitAsync(Edit(flag, "rollout_completed", Say($"{decision.Percentage:0.####} % reached after {watched:c} watched"), ChangeSource.Rollout, now,
                    (configured, laid) => IsStill(record, laid) ? RolloutChanges.Complete(configured, laid, ledger, new FlagChange(Actor, Say($"{decision.Percentage:0.####} % reached")), now) : laid), cancellationToken).ConfigureAwait(false);
                break;
            case RolloutDecisionKind.Pause:
                var pause = new FlagChange(Actor, FlagChange.Cut(StorableText.Replace($"no metrics for longer than maxHold: {decision.Reason}")), ChangeSource.Safety);
                await control.CommitAsync(Edit(flag, "rollout_paused", pause.Reason, ChangeSource.Safety, now,
                    (configured, laid) => IsStill(record, laid) ? laid with { Rollout = RolloutChanges.Pause(configured.Name, laid.Rollout, pause, now), At = now } : laid), cancellationToken).ConfigureAwait(false);
                break;
            case RolloutDecisionKind.RollBack:
                await RollBackAsync(flag, record, ledger, decision.Reason, cancellationToken).ConfigureAwait(false);
                break;
        }
    }

    /// <summary>Acts, then writes; whatever step another process has taken meanwhile.</summary>
    private async Task RollBackAsync(string flag, RolloutRecord record, RolloutLedger ledger, string reason, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        reason = FlagChange.Cut(StorableText.Replace(reason)); // a rollback is not refused for what made its reason long
        var change = new FlagChange(Actor, reason, ChangeSource.Safety);
        AppliedChange acted = await control.ApplyAsync(Edit(flag, "rollout_rolled_back", reason, ChangeSource.Safety, now,
            (configured, laid) => RolloutChanges.CanRollBack(laid, record.Id) ? RolloutChanges.RollBack(configured, laid, record.Id, ledger, change, now) : laid), cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(acted.Before, acted.After))
            return;
        LogRolledBack(ForeignText.Escape(flag), record.Percentage, reason);
        metrics.RolledBack(flag);
    }

    private static void BeginStep(RolloutRun run, RolloutRecord record)
    {
        if (run.At?.Step == record.Step)
            return;
        run.Ended ??= run.At is null ? null : run.Key;
        (run.At, run.Key) = (record, Guid.NewGuid().ToString("N"));
    }

    /// <summary>Reads what was seen of the step, and before that what was still seen of the one before.</summary>
    private async Task<(RolloutObservations? Seen, string? Failure)> ObserveAsync(
        string flag, RolloutRecord record, RolloutRun run, FeatureFlagSettings settings, CancellationToken cancellationToken)
    {
        // Another process took a step, or somebody resumed: what was seen here since the last look still belongs to the step before.
        if (run.At is { } before && before.Step != record.Step && (await MeasureAsync(flag, before, run, settings, cancellationToken).ConfigureAwait(false)).Seen is { } rest)
            run.Keep(StratumOf(before, run.Key, rest));
        BeginStep(run, record);
        return await MeasureAsync(flag, record, run, settings, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(RolloutObservations? Seen, string? Failure)> MeasureAsync(
        string flag, RolloutRecord record, RolloutRun run, FeatureFlagSettings settings, CancellationToken cancellationToken)
    {
        RolloutQuery query = record.Query(flag, run.Ledger.SlowThreshold);
        using var timer = new CancellationTokenSource(settings.DefaultTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return (await metricsSource.ReadAsync(query, bound.Token).AsTask().WaitAsync(bound.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a source throws: it is unavailable.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (null, exception is OperationCanceledException ? $"The metrics source gave no answer within {settings.DefaultTimeout}." : $"The metrics source failed: {Short(exception).TrimEnd('.')}.");
        }
    }

    /// <summary>Makes a check due before its time once bad outcomes may change the verdict.</summary>
    private void Arm(string flag, RolloutRecord record, SafetyThresholds? thresholds, RolloutLedger ledger, RolloutObservations? seen,
        EarlyCheck check = EarlyCheck.Absolute | EarlyCheck.Comparison)
    {
        if (metricsSource is IEarlyChecks early)
            early.Arm(flag, RolloutGuards.MoreToStop(new(record, thresholds, ledger, seen)), check);
    }

    private void SayGuards(string flag, RolloutRun run, string guards)
    {
        if (run.Guards == guards)
            return;
        run.Guards = guards;
        LogGuards(ForeignText.Escape(flag), guards);
    }

    /// <summary>The plan, with the thresholds of today where the flag's own ones hold.</summary>
    private RolloutConfig Live(string flag, RolloutRecord record) =>
        record.OwnPlan && configuration.Catalog.Flags.GetValueOrDefault(flag)?.RolloutConfig is { } edited ? edited : record.Plan;

    private RolloutRun RunOf(string flag, RolloutRecord record) => _runs.AddOrUpdate(flag, _ => NewRun(record), (_, known) => known.Id == record.Id ? known : NewRun(record));

    private static RolloutLedger Take(RolloutRecord record, RolloutLedger ledger, RolloutRun run, RolloutObservations? seen)
    {
        ledger = run.WithUnsaved(record, ledger);
        if (seen is null)
            return ledger;
        ledger = ledger.Add(record, StratumOf(record, run.Key, seen), run.Ended);
        return ledger with { SlowThreshold = ledger.SlowThreshold ?? record.Plan.SlowThreshold ?? seen.ControlPercentile95 };
    }

    private static RolloutStratum StratumOf(RolloutRecord record, string key, RolloutObservations seen) =>
        new() { Key = key, Step = record.Step, Percentage = record.Percentage, Exposed = seen.Exposed, Control = seen.Control, Actions = seen.Actions };

    private bool CanBeOn(string flag)
    {
        FlagSnapshot snapshot = source.Current;
        return snapshot.TryFind(flag, out CompiledFlag? found) && snapshot.CanBeOn(found);
    }

    private static bool IsStill(RolloutRecord record, FlagRecord laid) =>
        laid.Emergency is null && laid.Rollout is { } rollout && rollout.Id == record.Id && rollout.Step == record.Step && rollout.Phase == record.Phase;

    private RolloutRun NewRun(RolloutRecord record) => new(record.Id, record.MonitoredTime) { Mark = time.GetTimestamp(), Counted = -1 };

    private static FlagEdit Edit(string flag, string action, string reason, ChangeSource source, DateTimeOffset at, Func<FlagDefinition, FlagRecord, FlagRecord> decide) =>
        new() { Flag = flag, Action = action, Change = new FlagChange(Actor, reason, source), At = at, Decide = decide };

    // To wait for users is how every rollout begins.
    private void SayHeld(string flag, RolloutVerdict verdict)
    {
        string name = ForeignText.Escape(flag);
        LogOnHold(verdict.Kind == VerdictKind.TooFewSamples ? LogLevel.Information : LogLevel.Warning, name, verdict.Reason);
    }

    // Of a source of others: one line, and not longer than a sentence can bear.
    private static string Short(Exception exception) => ForeignText.Cut(ForeignText.Escape(exception.Message), FlagChange.MaxLength / 2);

    private static string Say(InvariantText text) => text.ToString();

    [LoggerMessage(EventIds.RolledBack, LogLevel.Error, "The rollout of flag '{Flag}' was rolled back at {Percentage} %: {Reason}.", EventName = "RolledBack")]
    private partial void LogRolledBack(string flag, decimal percentage, string reason);

    [LoggerMessage(EventId = EventIds.OnHold, Message = "The rollout of flag '{Flag}' is held. {Reason}", EventName = "OnHold")]
    private partial void LogOnHold(LogLevel level, string flag, string reason);

    [LoggerMessage(EventIds.RolloutGuards, LogLevel.Information, "Rollout of flag '{Flag}': {Guards}", EventName = "RolloutGuards")]
    private partial void LogGuards(string flag, string guards);

    [LoggerMessage(EventIds.CheckFailed, LogLevel.Error, "The rollout of flag '{Flag}' could not be looked at; it stands where it is.", EventName = "CheckFailed")]
    private partial void LogFailed(string flag, Exception exception);
}
