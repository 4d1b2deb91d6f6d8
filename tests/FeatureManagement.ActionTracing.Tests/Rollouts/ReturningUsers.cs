using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Changes.Rollouts;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// Rollouts among users who come back, and who differ from each other for good: some nearly always meet errors, some are always slow. A user that is exposed
/// stays exposed. The recorder, the ledger and the guard are the real ones. Immutable: what is drawn depends on nothing but the seed.
/// </summary>
internal sealed record ReturningUsers
{
    private const int Requests = 500;
    private const int Checks = 288;

    public int Users { get; init; } = 3_000;

    /// <summary>Whether a few users are most of the traffic.</summary>
    public bool Uneven { get; init; }

    /// <summary>The percentages, each for as many checks as the others.</summary>
    public required IReadOnlyList<decimal> Percentages { get; init; }

    /// <summary>How many users fail half of the time.</summary>
    public int BadUsers { get; init; } = 30;

    /// <summary>How often the others fail.</summary>
    public double Errors { get; init; } = 0.001;

    /// <summary>The part of the variance of latencies (of their logarithms) that lies between users.</summary>
    public double Persistent { get; init; } = 0.5;

    /// <summary>How many times as often actions fail with the flag on.</summary>
    public double Worse { get; init; } = 1;

    /// <summary>How much longer they take.</summary>
    public double Slower { get; init; }

    /// <summary>The check, of 288, from which on both are so.</summary>
    public int From { get; init; }

    /// <summary>How much longer they may take.</summary>
    public double ToleratedLatency { get; init; } = new RolloutConfig().MaxLatencyIncrease;

    /// <summary>Processes that share the traffic; users come to any of them.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>How often each process is started again.</summary>
    public int Restarts { get; init; }

    /// <summary>A rollout in so many steps that starts at 1 %.</summary>
    public static IReadOnlyList<decimal> Curve(RolloutType type, int steps, decimal target = 100)
    {
        var plan = new RolloutConfig { Type = type, TargetPercentage = target };
        return [.. Enumerable.Range(0, steps).Select(step => RolloutCurve.At(plan, 1, plan.Duration * step / steps))];
    }

    /// <summary>What each guard alone, with the whole of alpha, and all of them together found in so many rollouts.</summary>
    public Found[] Run(int runs) => [.. ParallelEnumerable.Range(0, runs).Select(Once)];

    private Found Once(int seed)
    {
        var draw = new Draw(seed);
        ulong[] buckets = [.. Enumerable.Range(0, Users).Select(_ => draw.Next())];
        ulong[] hashes = [.. Enumerable.Range(0, Users).Select(_ => draw.Next())];
        double[] slow = [.. Enumerable.Range(0, Users).Select(_ => Math.Sqrt(Persistent) * LatencyShape.LogNormal.Draw(draw))];
        int[] visits = Visits(draw);
        double noise = Math.Sqrt(1 - Persistent);
        RolloutRecord record = Simulation.Record(Percentages[0], new RolloutConfig { Duration = TimeSpan.FromDays(3_650), MaxLatencyIncrease = ToleratedLatency });
        var ledger = new RolloutLedger { Id = record.Id };
        Process[] processes = [.. Enumerable.Range(0, Processes).Select(_ => new Process(record))];
        var found = new Found();
        long exposed = 0;
        for (int check = 0; check < Checks; check++)
        {
            if (Percentages[check * Percentages.Count / Checks] is var percentage && percentage != record.Percentage)
            {
                record = RolloutChanges.Step(record, ledger, percentage, default);
                foreach (Process process in processes)
                    process.Step(record);
            }
            for (int p = 0; p < Processes && check > 0; p++)
                if (check * (Restarts + 1) / Checks != (check - 1) * (Restarts + 1) / Checks)
                {
                    processes[p].Dispose();
                    processes[p] = new Process(record) { Ended = processes[p].Key };
                }
            ulong threshold = Bucket.Threshold(percentage);
            (double worse, double slower) = check < From ? (1, 0) : (Worse, Slower);
            for (int i = 0; i < Requests; i++)
            {
                int user = visits[draw.Next() >> 48];
                bool on = buckets[user] < threshold;
                double errors = (user < BadUsers ? 0.5 : Errors) * (on ? worse : 1);
                double milliseconds = 100 * Math.Exp(slow[user] + noise * LatencyShape.LogNormal.Draw(draw)) * (on ? 1 + slower : 1);
                WatchedStep step = processes[Processes == 1 ? 0 : (int)(draw.Next() % (ulong)Processes)].Now;
                step.Complete(step.Expose("user", hashes[user], on), new ActionOutcome(draw.Uniform() <= errors, TimeSpan.FromMilliseconds(milliseconds)), Comparability.Full);
                exposed += on ? 1 : 0;
            }
            foreach (Process process in processes)
            {
                OutcomeCounts counts = process.Read(ledger.SlowThreshold);
                ledger = ledger.Add(record, process.Seen(record, counts), process.Ended);
                process.Ended = null;
                if (ledger.SlowThreshold is null && counts.ControlLatencies is { Count: >= 200 } latencies)
                    ledger = ledger with { SlowThreshold = TimeSpan.FromMilliseconds(latencies.Order().ElementAt((int)Math.Ceiling(latencies.Count * 0.95) - 1)) };
            }
            found = found.At(record, ledger, exposed);
        }
        foreach (Process process in processes)
            process.Dispose();
        return found;
    }

    /// <summary>A table to pick the user of a request from.</summary>
    private int[] Visits(Draw draw)
    {
        double[] weights = [.. Enumerable.Range(0, Users).Select(_ => Uneven ? Math.Exp(1.5 * draw.Normal()) : 1)];
        double total = weights.Sum(), sum = 0;
        int[] visits = new int[1 << 16];
        int at = 0;
        for (int user = 0; user < Users; user++)
        {
            sum += weights[user];
            while (at < visits.Length && (at + 0.5) / visits.Length < sum / total)
                visits[at++] = user;
        }
        return visits;
    }

    /// <summary>After how many exposed actions each found something; null where it never did.</summary>
    public readonly record struct Found
    {
        private const double Alpha = 0.05;

        public long? Errors { get; init; }

        public long? Latency { get; init; }

        public long? Slow { get; init; }

        public long? Mismatch { get; init; }

        /// <summary>All guards that roll back, which share alpha.</summary>
        public long? All { get; init; }

        public Found At(RolloutRecord record, RolloutLedger ledger, long exposed) => new()
        {
            Errors = Errors ?? (ledger.Errors.Stops(Alpha) ? exposed : null),
            Latency = Latency ?? (OneSidedTest.Stops(ledger.Latency, Math.Log(1 + record.Plan.MaxLatencyIncrease), Alpha) ? exposed : null),
            Slow = Slow ?? (ledger.Slow.Stops(Alpha) ? exposed : null),
            Mismatch = Mismatch ?? (ledger.SampleRatioMismatch ? exposed : null),
            All = All ?? (RolloutGuards.Judge(new(record, null, ledger, null)).Kind == VerdictKind.Regressed ? exposed : null),
        };
    }

    private sealed class Process : IDisposable
    {
        private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

        private readonly FlagObservers _cell = new();
        private readonly OutcomeWatch _watch;
        private int _round;

        public Process(RolloutRecord record)
        {
            _round = record.Round;
            _watch = new OutcomeWatch("checkout", record.Step, record.Percentage, _cell, new AmbientAction(), TimeProvider.System, Window, static () => new UnitSet(), static () => { });
        }

        public string Key { get; private set; } = NewKey();

        public string? Ended { get; set; }

        public WatchedStep Now => ((WatchedStep)_cell.Rollout!);

        public void Step(RolloutRecord record)
        {
            _watch.BeginStep(record.Step, record.Percentage, newRound: record.Round != _round);
            _round = record.Round;
            (Ended, Key) = (Key, NewKey());
        }

        public void Dispose() => _watch.Dispose();

        public OutcomeCounts Read(TimeSpan? slow)
        {
            OutcomeCounts counts = _watch.Read();
            if (slow is { } threshold && counts.SlowThreshold != threshold)
                _watch.SetSlowThreshold(threshold);
            return counts;
        }

        public RolloutStratum Seen(RolloutRecord record, OutcomeCounts counts) =>
            new() { Key = Key, Step = record.Step, Percentage = record.Percentage, Exposed = counts.Exposed, Control = counts.Control };

        private static string NewKey() => Guid.NewGuid().ToString("N");
    }
}
