using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>
/// What changes at every look at a rollout: credited time, holds and evidence. One document of the store beside the flag's, so that looking does not count as
/// changing the flag. Every process over the store adds to it. Immutable.
/// </summary>
internal sealed record RolloutLedger
{
    // Beyond it windows of the same stratum are added together; only the bounds that people see depend on them.
    private const int MaxWindows = 1_024;

    // Above this share control is too small to compare with.
    private const decimal LastCompared = 99;

    /// <summary>The rollout that it is about.</summary>
    public required string Id { get; init; }

    /// <summary>Time that was watched and found healthy.</summary>
    [JsonPropertyName("credited")]
    public TimeSpan MonitoredTime { get; init; }

    /// <summary>How often time was counted, by any process: who sees that another one did counts from there.</summary>
    public long Counted { get; init; }

    /// <summary>How long the source has been unavailable.</summary>
    public TimeSpan Unavailable { get; init; }

    public RolloutHold? Hold { get; init; }

    public CountEvidence Errors { get; init; } = CountEvidence.None;

    public CountEvidence Slow { get; init; } = CountEvidence.None;

    public IReadOnlyList<CountWindow> ErrorWindows { get; init; } = [];

    public IReadOnlyList<CountWindow> SlowWindows { get; init; } = [];

    /// <summary>See <see cref="AlphaBudget"/>; null while no outcome is known.</summary>
    public bool? ComparedFirst { get; init; }

    /// <summary>What was slow from then on; null while it is not known.</summary>
    public TimeSpan? SlowThreshold { get; init; }

    /// <summary>The smallest p-value that latency had at any look, for people; a few values, whose variance is not known, do not count.</summary>
    public double MinLatencyP { get; init; } = 1;

    /// <summary>Latency in steps that have ended.</summary>
    public MeanDifference EndedLatency { get; init; }

    /// <summary>The split in steps that have ended.</summary>
    [JsonPropertyName("endedSplit")]
    public SampleRatioEvidence EndedSampleRatio { get; init; }

    /// <summary>The first step that the split is about.</summary>
    [JsonPropertyName("splitSince")]
    public int SampleRatioSince { get; init; } = 1;

    /// <summary>Whether the split was ever found not to fit.</summary>
    [JsonPropertyName("splitMismatch")]
    public bool SampleRatioMismatch { get; init; }

    /// <summary>Counts of steps that have ended.</summary>
    public RolloutArm EndedExposed { get; init; } = new();

    public RolloutArm EndedControl { get; init; } = new();

    /// <summary>Users with the flag on in ended steps of each phase.</summary>
    public IReadOnlyDictionary<RolloutPhase, long> EndedUnits { get; init; } = new Dictionary<RolloutPhase, long>();

    /// <summary>Steps that may still grow.</summary>
    public IReadOnlyList<RolloutStratum> Open { get; init; } = [];

    public MeanDifference Latency => Open.Where(IsCompared).Aggregate(EndedLatency, (sum, stratum) => sum + LatencyOf(stratum));

    public SampleRatioEvidence SampleRatio => Open.Where(IsInSampleRatio).Aggregate(EndedSampleRatio, (sum, stratum) => sum + SampleRatioOf(stratum));

    public RolloutArm Exposed => Open.Aggregate(EndedExposed, (sum, stratum) => sum.Plus(stratum.Exposed));

    public RolloutArm Control => Open.Aggregate(EndedControl, (sum, stratum) => sum.Plus(stratum.Control));

    /// <summary>Users with the flag on by their first action behind a gate of the flag, which is compared with nothing.</summary>
    public RateAboveBound Gated => new(Exposed.GatedUnits, Exposed.GatedBad);

    /// <summary>Whether both arms had outcomes that can be compared.</summary>
    public bool IsComparing => Exposed.AtRisk > 0 && Control.AtRisk > 0;

    public static bool CanCompare(decimal percentage) => percentage is > 0 and <= LastCompared;

    public long UnitsIn(RolloutPhase phase) =>
        EndedUnits.GetValueOrDefault(phase) + Open.Where(stratum => RolloutCurve.PhaseOf(stratum.Percentage) == phase).Sum(stratum => stratum.Exposed.Units);

    /// <summary>Puts the newest copy of a process's step in the place of the one before. Adding the same copy again changes nothing.</summary>
    /// <param name="record">The rollout.</param>
    /// <param name="seen">The copy.</param>
    /// <param name="ended">The key of the same process's step before, which grows no more; or null.</param>
    public RolloutLedger Add(RolloutRecord record, RolloutStratum seen, string? ended)
    {
        RolloutLedger next = ended is null ? this : End(ended);
        if (record.SampleRatioSince > next.SampleRatioSince)
            next = next with { SampleRatioSince = record.SampleRatioSince, EndedSampleRatio = default, SampleRatioMismatch = false };
        RolloutStratum before = next.Open.FirstOrDefault(stratum => stratum.Key == seen.Key) ?? seen with { Exposed = new(), Control = new() };
        if (record.Plan.Guard && CanCompare(seen.Percentage))
        {
            double tolerated = 1 + record.Plan.MaxErrorRateIncrease;
            var errors = new CountWindow(seen.Exposed.AtRisk, seen.Control.AtRisk, seen.Exposed.Bad - before.Exposed.Bad, seen.Control.Bad - before.Control.Bad);
            var slow = new CountWindow(seen.Exposed.SlowAtRisk, seen.Control.SlowAtRisk, seen.Exposed.Slow - before.Exposed.Slow, seen.Control.Slow - before.Control.Slow);
            next = next with
            {
                Errors = next.Errors.Add(errors, tolerated),
                Slow = next.Slow.Add(slow, 1),
                ErrorWindows = errors.IsInformative ? Keep(next.ErrorWindows, errors with { Stratum = seen.Key }) : next.ErrorWindows,
                SlowWindows = slow.IsInformative ? Keep(next.SlowWindows, slow with { Stratum = seen.Key }) : next.SlowWindows,
            };
        }
        next = next with { Open = [.. next.Open.Where(stratum => stratum.Key != seen.Key), seen] };
        if (next.ComparedFirst is null && (next.IsComparing || next.Exposed.GatedUnits > 0))
            next = next with { ComparedFirst = next.IsComparing };
        if (next.Latency is { Treated: >= OneSidedTest.MinimumPerArm, Control: >= OneSidedTest.MinimumPerArm } latency)
            next = next with { MinLatencyP = Math.Min(next.MinLatencyP, OneSidedTest.PValue(latency, Math.Log(1 + record.Plan.MaxLatencyIncrease))) };
        return next.SampleRatioMismatch || !next.SampleRatio.IsMismatch ? next : next with { SampleRatioMismatch = true };
    }

    /// <summary>Folds a step that grows no more into the sums.</summary>
    private RolloutLedger End(string key)
    {
        if (Open.FirstOrDefault(stratum => stratum.Key == key) is not { } ended)
            return this;
        RolloutPhase phase = RolloutCurve.PhaseOf(ended.Percentage);
        return this with
        {
            Open = [.. Open.Where(stratum => stratum.Key != key)],
            EndedLatency = IsCompared(ended) ? EndedLatency + LatencyOf(ended) : EndedLatency,
            EndedSampleRatio = IsInSampleRatio(ended) ? EndedSampleRatio + SampleRatioOf(ended) : EndedSampleRatio,
            EndedExposed = EndedExposed.Plus(ended.Exposed),
            EndedControl = EndedControl.Plus(ended.Control),
            EndedUnits = new Dictionary<RolloutPhase, long>(EndedUnits) { [phase] = EndedUnits.GetValueOrDefault(phase) + ended.Exposed.Units },
        };
    }

    private static bool IsCompared(RolloutStratum stratum) => CanCompare(stratum.Percentage);

    private bool IsInSampleRatio(RolloutStratum stratum) => stratum.Step >= SampleRatioSince && CanCompare(stratum.Percentage);

    private static MeanDifference LatencyOf(RolloutStratum stratum) => MeanDifference.Of(stratum.Exposed.Latency, stratum.Control.Latency);

    private static SampleRatioEvidence SampleRatioOf(RolloutStratum stratum) =>
        SampleRatioEvidence.Of([(double)stratum.Percentage, (double)(100 - stratum.Percentage)], [stratum.Exposed.Units, stratum.Control.Units]);

    // Across strata, a share and an error rate that rise together would look like a worsening. The bounds do not depend on the order of windows.
    private static CountWindow[] Keep(IReadOnlyList<CountWindow> windows, CountWindow window) => windows.Count < MaxWindows
        ? [.. windows, window]
        : [.. windows.GroupBy(static kept => kept.Stratum).SelectMany(static stratum => stratum.Key is null ? stratum : CountWindow.Halve(stratum)), window];
}
