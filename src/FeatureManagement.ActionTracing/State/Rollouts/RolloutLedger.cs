using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>
/// What changes at every safety check of a rollout: monitored time, hold and evidence. It is a document of its own
/// beside that of the flag, so that a check does not change the flag. Every instance over the store adds to it.
/// Immutable.
/// </summary>
internal sealed record RolloutLedger
{
    // Above this percentage control is too small to compare with.
    private const decimal LastCompared = 99;

    /// <summary>The rollout.</summary>
    public required string Id { get; init; }

    [JsonPropertyName("credited")]
    public TimeSpan MonitoredTime { get; init; }

    /// <summary>How often time was counted, by any instance. An instance that sees another count counts from there.</summary>
    public long Counted { get; init; }

    /// <summary>How long the metrics source has been unavailable.</summary>
    public TimeSpan Unavailable { get; init; }

    public RolloutHold? Hold { get; init; }

    public CountEvidence Errors { get; init; } = CountEvidence.None;

    public CountEvidence Slow { get; init; } = CountEvidence.None;

    public IReadOnlyList<CountWindow> ErrorWindows { get; init; } = [];

    public IReadOnlyList<CountWindow> SlowWindows { get; init; } = [];

    /// <summary>See <see cref="AlphaBudget"/>; null before the first outcome.</summary>
    public bool? ComparedFirst { get; init; }

    /// <summary>The latency above which an action is slow; null while it is not known.</summary>
    public TimeSpan? SlowThreshold { get; init; }

    /// <summary>
    /// The smallest p-value of latency at any check, for people. A few values do not count, since their variance is not
    /// known.
    /// </summary>
    public double MinLatencyP { get; init; } = 1;

    /// <summary>Latency in steps that have ended.</summary>
    public MeanDifference EndedLatency { get; init; }

    /// <summary>The sample ratio in steps that have ended.</summary>
    [JsonPropertyName("endedSplit")]
    public SampleRatioEvidence EndedSampleRatio { get; init; }

    /// <summary>The first step of the evidence of the sample ratio.</summary>
    [JsonPropertyName("splitSince")]
    public int SampleRatioSince { get; init; } = 1;

    /// <summary>Whether a check since then found a sample ratio mismatch.</summary>
    [JsonPropertyName("splitMismatch")]
    public bool SampleRatioMismatch { get; init; }

    /// <summary>Exposed users in steps that have ended.</summary>
    public RolloutArm EndedExposed { get; init; } = new();

    /// <summary>Control users in steps that have ended.</summary>
    public RolloutArm EndedControl { get; init; } = new();

    /// <summary>Exposed users in ended steps of each phase.</summary>
    public IReadOnlyDictionary<RolloutPhase, long> EndedUnits { get; init; } = new Dictionary<RolloutPhase, long>();

    /// <summary>Steps that may still grow.</summary>
    public IReadOnlyList<RolloutStratum> Open { get; init; } = [];

    public MeanDifference Latency =>
        Open.Where(static stratum => stratum.IsCompared).Aggregate(EndedLatency, static (sum, stratum) => sum + stratum.Latency);

    public SampleRatioEvidence SampleRatio =>
        Open.Where(IsInSampleRatio).Aggregate(EndedSampleRatio, static (sum, stratum) => sum + stratum.SampleRatio);

    public RolloutArm Exposed => Open.Aggregate(EndedExposed, static (sum, stratum) => sum.Plus(stratum.Exposed));

    public RolloutArm Control => Open.Aggregate(EndedControl, static (sum, stratum) => sum.Plus(stratum.Control));

    /// <summary>Exposed users by their first action behind a gate of the flag, which is compared with nothing.</summary>
    public RateAboveBound Gated => new(Exposed.GatedUnits, Exposed.GatedBad);

    /// <summary>Whether both arms had comparable outcomes.</summary>
    public bool IsComparing => Exposed.AtRisk > 0 && Control.AtRisk > 0;

    public static bool CanCompare(decimal percentage) => percentage is > 0 and <= LastCompared;

    public bool IsInSampleRatio(RolloutStratum stratum) => stratum.Step >= SampleRatioSince && stratum.IsCompared;

    /// <summary>Exposed users of a phase.</summary>
    public long UnitsIn(RolloutPhase phase) =>
        EndedUnits.GetValueOrDefault(phase) + Open.Where(stratum => stratum.Phase == phase).Sum(static stratum => stratum.Exposed.Units);

    /// <summary>
    /// Folds the newest copy of a step into the evidence. It replaces the copy before; the same copy again changes
    /// nothing.
    /// </summary>
    /// <param name="record">The rollout.</param>
    /// <param name="copy">The copy.</param>
    /// <param name="ended">The key of this instance's step before, which no longer grows; or null.</param>
    public RolloutLedger Add(RolloutRecord record, RolloutStratum copy, string? ended)
    {
        RolloutLedger next = ended is null ? this : End(ended);
        RolloutStratum before = next.Open.FirstOrDefault(stratum => stratum.Key == copy.Key)
            ?? copy with { Exposed = new(), Control = new() };
        next = next with { Open = [.. next.Open.Where(stratum => stratum.Key != copy.Key), copy] };
        if (next.ComparedFirst is null && (next.IsComparing || next.Exposed.GatedUnits > 0))
            next = next with { ComparedFirst = next.IsComparing };
        return RolloutGuards.Fold(next, new EvidenceWindow(record, before, copy));
    }

    /// <summary>Adds a step that no longer grows to the sums.</summary>
    private RolloutLedger End(string key)
    {
        if (Open.FirstOrDefault(stratum => stratum.Key == key) is not { } ended)
            return this;
        long units = EndedUnits.GetValueOrDefault(ended.Phase) + ended.Exposed.Units;
        RolloutLedger next = this with
        {
            Open = [.. Open.Where(stratum => stratum.Key != key)],
            EndedExposed = EndedExposed.Plus(ended.Exposed),
            EndedControl = EndedControl.Plus(ended.Control),
            EndedUnits = new Dictionary<RolloutPhase, long>(EndedUnits) { [ended.Phase] = units },
        };
        return RolloutGuards.End(next, ended);
    }
}
