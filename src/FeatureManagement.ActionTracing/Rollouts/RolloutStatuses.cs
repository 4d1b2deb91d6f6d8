using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Says how a rollout stands, in numbers and sentences. Pure.</summary>
internal static class RolloutStatuses
{
    public static RolloutStatus Of(string flag, RolloutRecord record, RolloutCheck? look, bool stored, TimeSpan progressionInterval, DateTimeOffset now)
    {
        RolloutLedger? ledger = look?.Ledger;
        bool ended = record.Phase is RolloutPhase.Complete or RolloutPhase.RolledBack;
        TimeSpan duration = RolloutCurve.Duration(record.Plan);
        TimeSpan credited = ended || ledger is null || ledger.MonitoredTime < record.MonitoredTime ? record.MonitoredTime : ledger.MonitoredTime;
        RolloutFindings found = record.Findings ?? (ledger is null ? RolloutFindings.None : EvidenceFindings.Of(record.Plan, ledger));
        bool held = !ended && (record.Phase == RolloutPhase.Paused || ledger?.Hold is not null);
        return new RolloutStatus
        {
            Flag = flag,
            Id = record.Id,
            Phase = record.Phase == RolloutPhase.RolledBack && !stored ? RolloutPhase.RollingBack : record.Phase,
            Plan = record.Plan,
            StartPercentage = record.Start,
            CurrentPercentage = record.Percentage,
            TargetPercentage = record.Plan.TargetPercentage,
            Progress = record.Phase == RolloutPhase.Complete ? 1 : duration > TimeSpan.Zero ? Math.Clamp(credited / duration, 0, 1) : 0,
            MonitoredTime = credited,
            StartedAt = record.StartedAt,
            EndedAt = ended ? record.ChangedAt : null,
            EstimatedCompletion = ended || held ? null : RolloutBounds.Add(record.Phase == RolloutPhase.Planned ? record.StartedAt : now, duration - credited),
            NextStep = ended ? null : Waiting(record, ledger, credited, duration, progressionInterval),
            IsOnHold = held,
            CanResume = held && (record.Phase == RolloutPhase.Paused || ledger?.Hold?.Kind == VerdictKind.SampleRatioMismatch),
            Note = ended || look is not { Verdict: { Kind: VerdictKind.Healthy, Reason.Length: > 0 } verdict } ? null : verdict.Reason,
            Guards = look?.Guards is { Length: > 0 } guards ? guards : RolloutGuards.Describe(record, record.Limits(record.Plan.SafetyThresholds), ledger),
            Actor = record.Actor,
            Reason = record.Reason,
            History = record.History,
            Errors = found.Errors,
            Latency = found.Latency,
            Slow = found.Slow,
            WithoutControl = found.WithoutControl,
            ExposedUnits = found.ExposedUnits,
            ControlUnits = found.ControlUnits,
            DefaultKeys = look?.DefaultKeys ?? 0,
        };
    }

    /// <summary>What a record says by itself, of a rollout whose status cannot be worked out.</summary>
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
        EndedAt = record.Phase is RolloutPhase.Complete or RolloutPhase.RolledBack ? record.ChangedAt : null,
        Actor = record.Actor,
        Reason = record.Reason,
        History = [],
        Fault = fault,
    };

    private static string Waiting(RolloutRecord record, RolloutLedger? ledger, TimeSpan credited, TimeSpan duration, TimeSpan progressionInterval)
    {
        if (record.Phase == RolloutPhase.Planned)
            return Text($"It starts at {record.StartedAt.UtcDateTime:u}.");
        if (record.Phase == RolloutPhase.Paused)
            return $"Paused by {record.Actor}: {record.Reason}. It goes on when somebody resumes it.";
        if (ledger?.Hold is { } hold)
            return hold.Reason;
        TimeSpan next = progressionInterval - (credited - record.MonitoredTime);
        TimeSpan rest = duration - credited;
        TimeSpan wait = next < rest ? next : rest;
        return wait <= TimeSpan.Zero ? "The next step of its plan." : Text($"{TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)):c} more of watched time until the next step is looked at.");
    }

    private static string Text(InvariantText text) => text.ToString();
}
