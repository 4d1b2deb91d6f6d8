using System.Globalization;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// Rollouts whose users come one after another, with safety checks by the clock and before their time. The ledger, the guard and what makes a check due are the
/// real ones. Each user comes once. Immutable: what is drawn depends on nothing but the seed.
/// </summary>
internal sealed record EarlyCheckSimulation
{
    private const int SecondsBetweenChecks = 10; // the default safetyInterval
    private const int Checks = 288;

    /// <summary>Users at each check by the clock, in both arms together.</summary>
    public required int Traffic { get; init; }

    /// <summary>The percentages, each for as many checks as the others.</summary>
    public IReadOnlyList<decimal> Percentages { get; init; } = [1, 5, 10, 25, 50, 50];

    public double ControlErrors { get; init; } = 0.01;

    public double ExposedErrors { get; init; } = 0.01;

    /// <summary>What errors of both arms are multiplied by, from the part of the rollout that is over.</summary>
    public Func<double, double> Errors { get; init; } = static _ => 1;

    /// <summary>What is judged: everything, or one guard alone, with the whole of alpha. Without errors alone, actions have latencies.</summary>
    public Judged Judged { get; init; } = Judged.Errors;

    /// <summary>
    /// Whether each bad or slow outcome brings about a check, independent of what is judged; else those that may change the verdict do, at most once a second, as in production.
    /// </summary>
    public bool EachBad { get; init; }

    /// <summary>What counts towards an early check: both arms, as in production, or control alone.</summary>
    public bool ByArm { get; init; }

    /// <summary>How many of so many rollouts were rolled back.</summary>
    public double Rate(int runs) => ParallelEnumerable.Range(0, runs).Count(seed => Run(seed).Stopped) / (double)runs;

    /// <summary>Whether the rollout was rolled back, after how many exposed, and how many checks came before their time.</summary>
    public (bool Stopped, long Exposed, int Early) Run(int seed)
    {
        var draw = new Draw(seed);
        (bool all, bool timed) = (Judged == Judged.All, Judged != Judged.Errors);
        var thresholds = all ? null : new SafetyThresholds { MaxErrorRateWithoutControl = 1 };
        RolloutRecord record = Simulation.Record(Percentages[0], new RolloutConfig { Alpha = all ? 0.05 : 0.15, SafetyThresholds = thresholds, Duration = TimeSpan.FromDays(3_650) });
        var ledger = new RolloutLedger { Id = record.Id };
        List<double>? latencies = timed ? [] : null;
        (Arm on, Arm off) = (default, default);
        (long bad, long slow) = (0, 0);
        (int early, long exposed) = (0, 0);
        (double second, double last, double slowAbove) = (0, -1, double.PositiveInfinity);
        string? ended = null;
        BadOutcomes needs = RolloutGuards.MoreToStop(new(record, thresholds, ledger, null));
        for (int check = 0; check < Checks; check++)
        {
            if (Percentages[check * Percentages.Count / Checks] is var percentage && percentage != record.Percentage)
            {
                ended = KeyOf(record);
                record = record with { Percentage = percentage, Step = record.Step + 1 };
                (on, off, bad, slow) = (default, default, 0, 0);
                needs = RolloutGuards.MoreToStop(new(record, thresholds, ledger, null));
            }
            double factor = Errors((double)check / Checks);
            for (int user = 0; user < Traffic; user++)
            {
                second += (double)SecondsBetweenChecks / Traffic;
                bool isExposed = draw.Uniform() <= (double)percentage / 100;
                bool fails = draw.Uniform() <= factor * (isExposed ? ExposedErrors : ControlErrors);
                double log = timed ? LatencyShape.LogNormal.Draw(draw) : 0;
                bool isSlow = log > slowAbove;
                ref Arm arm = ref isExposed ? ref on : ref off;
                arm.Add(fails, isSlow, hasThreshold: double.IsFinite(slowAbove), log);
                if (!isExposed && latencies is { Count: < 1_000 })
                    latencies.Add(log);
                exposed += isExposed ? 1 : 0;
                if (!ByArm || !isExposed)
                    (bad, slow) = (bad + (fails ? 1 : 0), slow + (isSlow ? 1 : 0));
                if (EachBad ? bad + slow > 0 : (bad >= needs.Bad || slow >= needs.Slow) && second - last >= 1)
                {
                    early++;
                    if (Check())
                        return (true, exposed, early);
                }
            }
            if (Check())
                return (true, exposed, early);
            if (double.IsInfinity(slowAbove) && latencies?.Count >= 200)
                slowAbove = latencies.Order().ElementAt((int)Math.Ceiling(latencies.Count * 0.95) - 1);
        }
        return (false, exposed, early);

        bool Check()
        {
            RolloutObservations seen = new() { Exposed = on.Copy(Judged), Control = off.Copy(Judged), Actions = RolloutActions.None, Window = RolloutActions.None };
            ledger = ledger.Add(record, new RolloutStratum { Key = KeyOf(record), Step = record.Step, Percentage = record.Percentage, Exposed = seen.Exposed, Control = seen.Control }, ended);
            ledger = ledger with { ErrorWindows = [], SlowWindows = [] }; // they are for people
            ended = null;
            needs = RolloutGuards.MoreToStop(new(record, thresholds, ledger, seen));
            (last, bad, slow) = (second, 0, 0);
            return RolloutGuards.Judge(new(record, thresholds, ledger, null)).Kind == VerdictKind.Regressed;
        }
    }

    private static string KeyOf(RolloutRecord record) => record.Step.ToString(CultureInfo.InvariantCulture);

    private struct Arm
    {
        private long _units;
        private long _bad;
        private long _slowAtRisk;
        private long _slow;
        private double _sum;
        private double _squares;

        public void Add(bool fails, bool isSlow, bool hasThreshold, double log)
        {
            _units++;
            _bad += fails ? 1 : 0;
            _slowAtRisk += hasThreshold ? 1 : 0;
            _slow += isSlow ? 1 : 0;
            _sum += log;
            _squares += log * log;
        }

        public readonly RolloutArm Copy(Judged judged)
        {
            (bool errors, bool latency, bool slow) = (judged is Judged.All or Judged.Errors, judged is Judged.All or Judged.Latency, judged is Judged.All or Judged.Slow);
            return new()
            {
                Units = _units,
                AtRisk = _units,
                Bad = errors ? _bad : 0,
                LatencyCount = latency ? _units : 0,
                LatencyMean = latency && _units > 0 ? _sum / _units : 0,
                LatencySumOfSquares = latency && _units > 0 ? _squares - _sum * _sum / _units : 0,
                SlowAtRisk = slow ? _slowAtRisk : 0,
                Slow = slow ? _slow : 0,
            };
        }
    }
}
