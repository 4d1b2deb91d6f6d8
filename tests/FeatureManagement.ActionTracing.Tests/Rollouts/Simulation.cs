using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Runtime;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>One rollout over 288 looks: 1, 5, 10 and 25 % for 48 looks each, then 50 %.</summary>
internal sealed class Simulation(int seed, int traffic)
{
    private const int Looks = 288;
    private static readonly decimal[] Shares = [1, 5, 10, 25, 50, 50];
    private static readonly FeatureFlagSettings Settings = new();

    private readonly Random _random = new(seed);

    public double ControlErrors { get; init; }

    public double ExposedErrors { get; init; }

    /// <summary>How much longer actions take with the flag on; 0.5 is half as long again.</summary>
    public double Slower { get; init; }

    /// <summary>Whether errors and latency of both arms double on the way.</summary>
    public bool BaselineDoubles { get; init; }

    /// <summary>Whether nothing but errors is judged, with the whole of alpha.</summary>
    public bool ErrorsAlone { get; init; }

    public static double Rate(int runs, Func<int, Simulation> simulation) => Enumerable.Range(0, runs).Count(seed => simulation(seed).Run().Stopped) / (double)runs;

    /// <summary>Whether the rollout was rolled back, and after how many exposed.</summary>
    public (bool Stopped, long Exposed) Run()
    {
        var record = new RolloutRecord
        {
            Id = "simulated",
            Plan = new RolloutConfig { Alpha = ErrorsAlone ? 0.15 : 0.05, Duration = TimeSpan.FromDays(365) },
            Start = 1,
            Percentage = 1,
            Over = new ConfiguredAnswer(FlagType.Percentage, FlagState.Disabled, 0, null, null),
            Phase = RolloutPhase.Canary,
            StartedAt = default,
            Actor = "",
            Reason = "",
        };
        var ledger = new RolloutLedger { Id = record.Id };
        List<double>? latencies = ErrorsAlone ? null : [];
        long exposed = 0;
        Arm on = new(), off = new();
        string? ended = null;
        for (int look = 0; look < Looks; look++)
        {
            if (Shares[look / 48] is var share && share != record.Percentage)
            {
                ended = record.Step.ToString(System.Globalization.CultureInfo.InvariantCulture);
                record = record with { Percentage = share, Step = record.Step + 1 };
                (on, off) = (new(), new());
            }
            int units = Binomial(traffic, (double)share / 100);
            exposed += units;
            double drift = BaselineDoubles ? 1 + (double)look / Looks : 1;
            See(on, units, ExposedErrors * drift, drift * (1 + Slower), ledger.SlowThreshold, null);
            See(off, traffic - units, ControlErrors * drift, drift, ledger.SlowThreshold, latencies);
            ledger = ledger.Add(record, new RolloutStratum
            {
                Key = record.Step.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Step = record.Step,
                Percentage = share,
                Exposed = on.Seen,
                Control = off.Seen,
            }, ended);
            ended = null;
            if (ledger.SlowThreshold is null && latencies?.Count >= 200)
                ledger = ledger with { SlowThreshold = TimeSpan.FromMilliseconds(latencies.Order().ElementAt(latencies.Count * 95 / 100)) };
            RolloutVerdict verdict = RolloutGuard.Judge(record, null, ledger, RolloutActions.None);
            RolloutDecision decision = RolloutDecision.Decide(record, ledger, verdict, Settings.SafetyInterval, TimeSpan.FromHours(1), Settings, default);
            if (decision.Kind == RolloutDecisionKind.RollBack)
                return (true, exposed);
            ledger = decision.Ledger;
        }
        return (false, exposed);
    }

    private void See(Arm arm, int units, double errors, double factor, TimeSpan? slow, List<double>? latencies)
    {
        int bad = Binomial(units, errors), over = 0;
        Moments latency = arm.Latency;
        for (int i = 0; i < units && !ErrorsAlone; i++)
        {
            double milliseconds = 100 * factor * Math.Exp(Normal());
            latency = latency.Add(Math.Log(milliseconds));
            over += milliseconds > slow?.TotalMilliseconds ? 1 : 0;
            if (latencies is { Count: < 1_000 })
                latencies.Add(milliseconds);
        }
        RolloutArm before = arm.Seen;
        arm.Latency = latency;
        arm.Seen = new RolloutArm
        {
            Units = before.Units + units,
            AtRisk = before.AtRisk + units,
            Bad = before.Bad + bad,
            LatencyCount = latency.Count,
            LatencyMean = latency.Mean,
            LatencySumOfSquares = latency.SumOfSquares,
            SlowAtRisk = before.SlowAtRisk + (slow is null ? 0 : units),
            Slow = before.Slow + over,
        };
    }

    private int Binomial(int trials, double rate)
    {
        // From success to success.
        int successes = 0;
        double stay = Math.Log(1 - rate);
        for (double at = Math.Log(1 - _random.NextDouble()) / stay; at < trials; at += 1 + Math.Floor(Math.Log(1 - _random.NextDouble()) / stay))
            successes++;
        return successes;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private sealed class Arm
    {
        public RolloutArm Seen { get; set; } = new();

        public Moments Latency { get; set; }
    }
}
