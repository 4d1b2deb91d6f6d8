using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Makes the status of a rollout from its record and its last safety check. Pure.</summary>
internal static class RolloutStatuses
{
    public static RolloutStatus Of(
        string flag, RolloutRecord record, RolloutCheck? check, bool stored, TimeSpan progressionInterval, DateTimeOffset now)
    {
        RolloutLedger? ledger = check?.Ledger;
        bool ended = HasEnded(record);
        bool onHold = !ended && (record.Phase == RolloutPhase.Paused || ledger?.Hold is not null);
        TimeSpan monitored = ended || ledger is null || ledger.MonitoredTime < record.MonitoredTime
            ? record.MonitoredTime
            : ledger.MonitoredTime;
        TimeSpan duration = RolloutCurve.Duration(record.Plan);
        RolloutFindings findings = FindingsOf(record, ledger);
        return new RolloutStatus
        {
            Flag = flag,
            Id = record.Id,
            Phase = record.Phase == RolloutPhase.RolledBack && !stored ? RolloutPhase.RollingBack : record.Phase,
            Plan = record.Plan,
            StartPercentage = record.Start,
            CurrentPercentage = record.Percentage,
            TargetPercentage = record.Plan.TargetPercentage,
            Progress = Progress(record, monitored, duration),
            MonitoredTime = monitored,
            StartedAt = record.StartedAt,
            EndedAt = ended ? record.ChangedAt : null,
            EstimatedCompletion = ended || onHold ? null : Completion(record, duration - monitored, now),
            NextStep = ended ? null : NextStep(record, ledger, monitored, duration, progressionInterval),
            IsOnHold = onHold,
            CanResume = onHold && (record.Phase == RolloutPhase.Paused || ledger?.Hold?.Kind == VerdictKind.SampleRatioMismatch),
            Note = ended || check is not { Verdict: { Kind: VerdictKind.Healthy, Reason.Length: > 0 } verdict } ? null : verdict.Reason,
            Guards = Guards(record, check),
            Actor = record.Actor,
            Reason = record.Reason,
            History = record.History,
            Errors = findings.Errors,
            Latency = findings.Latency,
            Slow = findings.Slow,
            WithoutControl = findings.WithoutControl,
            ExposedUnits = findings.ExposedUnits,
            ControlUnits = findings.ControlUnits,
            DefaultKeys = check?.DefaultKeys ?? 0,
        };
    }

    /// <summary>The status by the record alone, where the full one cannot be computed.</summary>
    public static RolloutStatus Unknown(string flag, RolloutRecord record, string fault) => new()
    {
        Flag = flag,
        Id = record.Id,
        Phase = record.Phase,
        Plan = record.Plan,
        StartPercentage = record.Start,
        CurrentPercentage = record.Percentage,
        TargetPercentage = record.Percentage,
        Progress = 0,
        MonitoredTime = TimeSpan.Zero,
        StartedAt = record.StartedAt,
        EndedAt = HasEnded(record) ? record.ChangedAt : null,
        Actor = record.Actor,
        Reason = record.Reason,
        History = [],
        Fault = fault,
    };

    private static RolloutFindings FindingsOf(RolloutRecord record, RolloutLedger? ledger)
    {
        if (record.Findings is { } last)
            return last;
        if (ledger is null)
            return RolloutFindings.None;
        return RolloutGuards.Show(record.Plan, ledger);
    }

    private static bool HasEnded(RolloutRecord record) => record.Phase is RolloutPhase.Complete or RolloutPhase.RolledBack;

    private static double Progress(RolloutRecord record, TimeSpan monitored, TimeSpan duration)
    {
        if (record.Phase == RolloutPhase.Complete)
            return 1;
        if (duration > TimeSpan.Zero)
            return Math.Clamp(monitored / duration, 0, 1);
        return 0;
    }

    private static DateTimeOffset Completion(RolloutRecord record, TimeSpan rest, DateTimeOffset now) =>
        RolloutBounds.Add(record.Phase == RolloutPhase.Planned ? record.StartedAt : now, rest);

    private static string Guards(RolloutRecord record, RolloutCheck? check)
    {
        if (check is { Guards.Length: > 0 })
            return check.Guards;
        return GuardTexts.Describe(new GuardScope(record, record.Limits(record.Plan.SafetyThresholds), check?.Ledger));
    }

    private static string NextStep(
        RolloutRecord record, RolloutLedger? ledger, TimeSpan monitored, TimeSpan duration, TimeSpan progressionInterval)
    {
        if (record.Phase == RolloutPhase.Planned)
            return Text($"Starts at {record.StartedAt.UtcDateTime:u}.");
        if (record.Phase == RolloutPhase.Paused)
            return $"Paused by {record.Actor}: {record.Reason}. Resume it to continue.";
        if (ledger?.Hold is { } hold)
            return hold.Reason;
        TimeSpan next = progressionInterval - (monitored - record.MonitoredTime);
        TimeSpan rest = duration - monitored;
        TimeSpan wait = next < rest ? next : rest;
        if (wait <= TimeSpan.Zero)
            return "The next step is due.";
        return Text($"The next step is due after {TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)):c} more of monitored time.");
    }

    private static string Text(InvariantText text) => text.ToString();
}
