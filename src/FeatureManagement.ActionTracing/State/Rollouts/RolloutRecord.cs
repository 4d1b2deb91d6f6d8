using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.Flags.Rollouts;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>
/// A rollout as it is stored inside the flag's record, so that a step, a rollback or an emergency is one write: what
/// was planned, where it stands, and how it came there. What changes at every check is in <see cref="RolloutLedger"/>.
/// Immutable.
/// </summary>
internal sealed record RolloutRecord
{
    public required string Id { get; init; }

    /// <summary>The plan, as it was when the rollout started.</summary>
    public required RolloutConfig Plan { get; init; }

    /// <summary>Whether the plan is the flag's own, whose thresholds may be edited while it runs.</summary>
    public bool OwnPlan { get; init; }

    /// <summary>The first percentage, 0 to 100.</summary>
    public required decimal Start { get; init; }

    /// <summary>The percentage now, 0 to 100.</summary>
    public required decimal Percentage { get; init; }

    /// <summary>What configuration said when the rollout started.</summary>
    [JsonPropertyName("over")] // as earlier releases stored it
    public required Baseline Baseline { get; init; }

    public required RolloutPhase Phase { get; init; }

    /// <summary>
    /// The number of the statistical step: every change of the percentage, and everything else that begins a comparison
    /// again, raises it.
    /// </summary>
    public int Step { get; init; } = 1;

    /// <summary>
    /// The number of the round: while it lasts, each user counts once for each question. How many there are does not
    /// depend on the number of steps.
    /// </summary>
    public int Round { get; init; } = 1;

    /// <summary>The first statistical step that the evidence about the sample ratio is about.</summary>
    [JsonPropertyName("splitSince")]
    public int SampleRatioSince { get; init; } = 1;

    /// <summary>The monitored time of the last step.</summary>
    [JsonPropertyName("credited")]
    public TimeSpan MonitoredTime { get; init; }

    /// <summary>When it started, or is planned to.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the phase was last changed by a user, or the rollout ended.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Who started, paused, resumed or ended it, and why.</summary>
    public required string Actor { get; init; }

    public required string Reason { get; init; }

    /// <summary>For a complete one: the override that its own took the place of, for a rollback that was on its way; else null.</summary>
    public FlagOverride? Replaced { get; init; }

    public IReadOnlyList<RolloutStep> History { get; init; } = [];

    /// <summary>
    /// What the check that ended it found, or the last one before its end; null while it has not ended, or where nobody
    /// has checked.
    /// </summary>
    public RolloutFindings? Findings { get; init; }

    /// <summary>How far back the thresholds reach: as planned, because later they cannot reach back farther than what was kept.</summary>
    public TimeSpan Window => (Plan.SafetyThresholds ?? new()).ThresholdWindow;

    /// <summary>The thresholds that hold in its phase.</summary>
    public RolloutLimits Limits(SafetyThresholds? thresholds) => RolloutLimits.Of(thresholds, RolloutCurve.PhaseOf(Percentage));

    public RolloutQuery Query(string flag, TimeSpan? slowThreshold) => new()
    {
        Flag = flag,
        RolloutId = Id,
        Step = Step,
        Round = Round,
        Percentage = Percentage,
        Window = Window,
        SlowThreshold = Plan.SlowThreshold ?? slowThreshold,
    };

    /// <summary>Whether it decides the flag's percentage now.</summary>
    public bool IsApplied => Phase is not (RolloutPhase.Planned or RolloutPhase.Complete or RolloutPhase.RolledBack);
}
