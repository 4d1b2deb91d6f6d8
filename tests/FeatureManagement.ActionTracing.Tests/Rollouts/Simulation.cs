using System.Globalization;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// Rollouts as they go in production: the ledger, the guard and the decision are the real ones, the users are drawn. Each comes once. Immutable: what is drawn
/// depends on nothing but the seed.
/// </summary>
internal sealed record Simulation
{
    private static readonly FeatureFlagSettings Settings = new();
    private static readonly SafetyThresholds OneGuardAlone = new() { MaxErrorRateWithoutControl = 1 };

    /// <summary>Users at each check, in both arms together.</summary>
    public required int Traffic { get; init; }

    /// <summary>The percentages, each for as many checks as the others.</summary>
    public IReadOnlyList<decimal> Percentages { get; init; } = [1, 5, 10, 25, 50, 50];

    public int Checks { get; init; } = 288;

    /// <summary>What is judged: everything, or one guard alone, with the whole of alpha.</summary>
    public Judged Judged { get; init; } = Judged.All;

    public double ControlErrors { get; init; } = 0.01;

    public double ExposedErrors { get; init; } = 0.01;

    /// <summary>How latencies are distributed, and how with the flag on.</summary>
    public LatencyShape Latency { get; init; } = LatencyShape.LogNormal;

    public LatencyShape? ExposedLatency { get; init; }

    /// <summary>How much longer actions take with the flag on; 0.5 is half as long again.</summary>
    public double Slower { get; init; }

    /// <summary>The part of exposed actions that takes ten times as long.</summary>
    public double TenTimes { get; init; }

    /// <summary>What errors and latencies of both arms are multiplied by, from the part of the rollout that is over.</summary>
    public Func<double, double> Errors { get; init; } = static _ => 1;

    public Func<double, double> Latencies { get; init; } = static _ => 1;

    /// <summary>Whether each action stands for itself: a check then compares nothing but what came since the one before. Users are at risk for the whole step.</summary>
    public bool OfRequests { get; init; }

    public double ToleratedErrors { get; init; }

    public double ToleratedLatency { get; init; } = 0.02;

    /// <summary>How many of so many rollouts were rolled back.</summary>
    public double Rate(int runs) => ParallelEnumerable.Range(0, runs).Count(seed => Run(seed).Stopped) / (double)runs;

    /// <summary>How many users each rollout had exposed when it was rolled back, in order; those that were not are last.</summary>
    public long[] Delays(int runs) => [.. ParallelEnumerable.Range(0, runs).Select(seed => Run(seed) is { Stopped: true } run ? run.Exposed : long.MaxValue).Order()];

    /// <summary>A rollout that has just begun.</summary>
    public static RolloutRecord Record(decimal start, RolloutConfig plan) => new()
    {
        Id = "simulated",
        Plan = plan,
        Start = start,
        Percentage = start,
        Baseline = new Baseline(FlagType.Percentage, FlagState.Disabled, 0, null, null),
        Phase = RolloutPhase.Canary,
        StartedAt = default,
        Actor = "",
        Reason = "",
    };

    /// <summary>Whether the rollout was rolled back, and after how many exposed.</summary>
    public (bool Stopped, long Exposed) Run(int seed)
    {
        var draw = new Draw(seed);
        // Three guards share alpha.
        RolloutRecord record = Record(Percentages[0], new RolloutConfig { Alpha = Judged == Judged.All ? 0.05 : 0.15, SafetyThresholds = Judged == Judged.All ? null : OneGuardAlone, Duration = TimeSpan.FromDays(3_650), MaxErrorRateIncrease = ToleratedErrors, MaxLatencyIncrease = ToleratedLatency });
        var ledger = new RolloutLedger { Id = record.Id };
        List<double>? latencies = Judged is Judged.All or Judged.Slow ? [] : null;
        long exposed = 0;
        (RolloutArm on, RolloutArm off) = (new(), new());
        string? ended = null;
        for (int check = 0; check < Checks; check++)
        {
            if (Percentages[check * Percentages.Count / Checks] is var percentage && percentage != record.Percentage)
            {
                ended = KeyOf(record, check - 1);
                record = record with { Percentage = percentage, Step = record.Step + 1 };
                (on, off) = (new(), new());
            }
            else if (OfRequests)
            {
                ended = KeyOf(record, check - 1);
                (on, off) = (new(), new());
            }
            int units = draw.Binomial(Traffic, (double)percentage / 100);
            exposed += units;
            double at = (double)check / Checks;
            on = See(on, draw, units, ExposedErrors * Errors(at), ExposedLatency ?? Latency, Latencies(at) * (1 + Slower), TenTimes, ledger.SlowThreshold, null);
            off = See(off, draw, Traffic - units, ControlErrors * Errors(at), Latency, Latencies(at), 0, ledger.SlowThreshold, latencies);
            ledger = ledger.Add(record, new RolloutStratum { Key = KeyOf(record, check), Step = record.Step, Percentage = percentage, Exposed = on, Control = off }, ended);
            ended = null;
            if (ledger.SlowThreshold is null && latencies?.Count >= 200)
                ledger = ledger with { SlowThreshold = TimeSpan.FromMilliseconds(latencies.Order().ElementAt((int)Math.Ceiling(latencies.Count * 0.95) - 1)) };
            RolloutVerdict verdict = RolloutGuards.Judge(new(record, Judged == Judged.All ? null : OneGuardAlone, ledger, null));
            RolloutDecision decision = RolloutDecision.Decide(record, ledger, verdict, Settings.SafetyInterval, TimeSpan.FromHours(1), Settings, default);
            if (decision.Kind == RolloutDecisionKind.RollBack)
                return (true, exposed);
            ledger = decision.Ledger;
        }
        return (false, exposed);
    }

    private string KeyOf(RolloutRecord record, int check) => (OfRequests ? check : record.Step).ToString(CultureInfo.InvariantCulture);

    private RolloutArm See(RolloutArm before, Draw draw, int units, double errors, LatencyShape shape, double factor, double tenTimes, TimeSpan? slow, List<double>? latencies)
    {
        int bad = Judged is Judged.All or Judged.Errors ? draw.Binomial(units, errors) : 0;
        if (Judged == Judged.Errors)
            return before with { Units = before.Units + units, AtRisk = before.AtRisk + units, Bad = before.Bad + bad };
        double shift = Math.Log(100 * factor), limit = slow is { } threshold ? Math.Log(threshold.TotalMilliseconds) - shift : double.PositiveInfinity;
        int over = 0;
        (double sum, double squares) = (0, 0);
        for (int i = 0; i < units; i++)
        {
            double log = shape.Draw(draw);
            if (tenTimes > 0 && draw.Uniform() < tenTimes)
                log += Math.Log(10);
            sum += log;
            squares += log * log;
            over += log > limit ? 1 : 0;
            if (latencies is { Count: < 1_000 })
                latencies.Add(Math.Exp(log + shift));
        }
        Moments seen = before.Latency + (units == 0 || Judged == Judged.Slow ? default : new Moments(units, shift + sum / units, squares - sum * sum / units));
        int atRisk = slow is null || Judged == Judged.Latency ? 0 : units;
        return before with
        {
            Units = before.Units + units,
            AtRisk = before.AtRisk + units,
            Bad = before.Bad + bad,
            LatencyCount = seen.Count,
            LatencyMean = seen.Mean,
            LatencySumOfSquares = seen.SumOfSquares,
            SlowAtRisk = before.SlowAtRisk + atRisk,
            Slow = before.Slow + (atRisk == 0 ? 0 : over),
        };
    }
}
