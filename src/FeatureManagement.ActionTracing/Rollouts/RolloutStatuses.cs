using System.Globalization;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>Says how a rollout stands, in numbers and sentences. Pure.</summary>
internal static class RolloutStatuses
{
    public static RolloutStatus Of(string flag, RolloutRecord record, RolloutLook? look, bool stored, TimeSpan progressionInterval, DateTimeOffset now)
    {
        RolloutLedger? ledger = look?.Ledger;
        bool ended = record.Phase is RolloutPhase.Complete or RolloutPhase.RolledBack;
        TimeSpan duration = RolloutCurve.Duration(record.Plan);
        TimeSpan credited = ended || ledger is null || ledger.Credited < record.Credited ? record.Credited : ledger.Credited;
        RolloutFindings found = record.Findings ?? (ledger is null ? RolloutFindings.None : Find(record.Plan, ledger));
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
            Credited = credited,
            StartedAt = record.StartedAt,
            EndedAt = ended ? record.ChangedAt : null,
            EstimatedCompletion = ended || held ? null : RolloutBounds.Add(record.Phase == RolloutPhase.Planned ? record.StartedAt : now, duration - credited),
            WaitingFor = ended ? null : Waiting(record, ledger, credited, duration, progressionInterval),
            IsHeld = held,
            CanResume = held && (record.Phase == RolloutPhase.Paused || ledger?.Hold?.Kind == VerdictKind.SplitMismatch),
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
        Credited = TimeSpan.Zero,
        StartedAt = record.StartedAt,
        EndedAt = record.Phase is RolloutPhase.Complete or RolloutPhase.RolledBack ? record.ChangedAt : null,
        Actor = record.Actor,
        Reason = record.Reason,
        History = [],
        Fault = fault,
    };

    /// <summary>What is known of a rollout after a look.</summary>
    public static RolloutFindings Find(RolloutConfig plan, RolloutLedger ledger) => new()
    {
        Errors = Errors(plan, ledger),
        Latency = Latency(plan, ledger),
        Slow = ledger.SlowThreshold is null ? null : Slow(plan, ledger),
        WithoutControl = WithoutControl(plan, ledger),
        ExposedUnits = ledger.Exposed.Units,
        ControlUnits = ledger.Control.Units,
    };

    private static string Waiting(RolloutRecord record, RolloutLedger? ledger, TimeSpan credited, TimeSpan duration, TimeSpan progressionInterval)
    {
        if (record.Phase == RolloutPhase.Planned)
            return Text($"It starts at {record.StartedAt.UtcDateTime:u}.");
        if (record.Phase == RolloutPhase.Paused)
            return $"Paused by {record.Actor}: {record.Reason}. It goes on when somebody resumes it.";
        if (ledger?.Hold is { } hold)
            return hold.Reason;
        TimeSpan next = progressionInterval - (credited - record.Credited);
        TimeSpan rest = duration - credited;
        TimeSpan wait = next < rest ? next : rest;
        return wait <= TimeSpan.Zero ? "The next step of its plan." : Text($"{TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)):c} more of watched time until the next step is looked at.");
    }

    private static RolloutComparison Errors(RolloutConfig plan, RolloutLedger ledger) => Rates(
        AlphaOf(plan, ledger), ledger.Errors, ledger.ErrorWindows, ledger.Exposed.Bad, ledger.Exposed.AtRisk, ledger.Control.Bad, ledger.Control.AtRisk);

    private static RolloutComparison Slow(RolloutConfig plan, RolloutLedger ledger) => Rates(
        AlphaOf(plan, ledger), ledger.Slow, ledger.SlowWindows, ledger.Exposed.Slow, ledger.Exposed.SlowAtRisk, ledger.Control.Slow, ledger.Control.SlowAtRisk);

    // By the plan, for what has ended is shown as well: an edit of its thresholds while it ran changes no more than the bounds that are shown.
    private static double AlphaOf(RolloutConfig plan, RolloutLedger ledger) =>
        AlphaSplit.Of(plan, ledger.ComparedFirst).Comparison;

    private static RolloutComparison? WithoutControl(RolloutConfig plan, RolloutLedger ledger)
    {
        RateAboveBound gated = ledger.Gated;
        if (gated.Units == 0 || RolloutLimits.Of(plan.SafetyThresholds, RolloutPhase.Majority).WithoutControl is not { } bound)
            return null;
        double alpha = AlphaSplit.Of(plan, ledger.ComparedFirst).WithoutControl;
        double evidence = gated.LogE(bound);
        return new RolloutComparison
        {
            Exposed = (double)gated.Errors / gated.Units,
            PValue = Math.Min(1, Math.Exp(-evidence)),
            Evidence = Math.Clamp(evidence / -Math.Log(alpha), 0, 1) + 0d, // never −0
        };
    }

    private static RolloutComparison Rates(double alpha, CountEvidence evidence, IReadOnlyList<CountWindow> windows, long bad, long exposed, long badControl, long control)
    {
        double upper = RateRatios.Upper([.. windows], alpha);
        return new RolloutComparison
        {
            Exposed = exposed == 0 ? null : (double)bad / exposed,
            Control = control == 0 ? null : (double)badControl / control,
            Ratio = evidence.Ratio,
            Lower = RateRatios.Lower([.. windows], alpha),
            Upper = double.IsFinite(upper) ? upper : null,
            PValue = evidence.PValue,
            Evidence = evidence.Meter(alpha),
        };
    }

    private static RolloutComparison? Latency(RolloutConfig plan, RolloutLedger ledger)
    {
        MeanDifference latency = ledger.Latency;
        if (latency.H <= 0)
            return null;
        double alpha = AlphaOf(plan, ledger), margin = Math.Log(1 + plan.MaxLatencyIncrease);
        double? width = latency.IsInformative ? OneSidedTest.HalfWidth(latency, alpha) : null;
        double p = OneSidedTest.PValue(latency, margin);
        return new RolloutComparison
        {
            Exposed = Math.Exp(latency.A / latency.H),
            Control = Math.Exp(latency.B / latency.H),
            Ratio = Math.Exp(latency.Estimate),
            Lower = width is { } down ? Math.Exp(latency.Estimate - down) : null,
            Upper = width is { } up && double.IsFinite(Math.Exp(latency.Estimate + up)) ? Math.Exp(latency.Estimate + up) : null,
            PValue = ledger.MinLatencyP,
            Evidence = Math.Clamp(Math.Log(p) / Math.Log(alpha), 0, 1) + 0d, // never −0
        };
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
