using CsCheck;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Actions;

/// <summary>Random actions on many threads, over steps that change under them, against a model that a child could check.</summary>
public sealed class OutcomeModelTests
{
    private static readonly string[] Flags = ["a", "b", "c"];
    private static readonly decimal[] Percentages = [5, 25, 50, 90];

    // An action: whose it is, which flags it asks, in which phase it begins and in which it ends, and how it goes.
    private static readonly Gen<Act> Acts = Gen.Select(
        Gen.Int[0, 39], Gen.Int[0, 7], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 9], Gen.Bool)
        .Select((user, flags, from, to, fate, task) => new Act($"user{user}", flags, Math.Min(from, to), Math.Max(from, to), fate, task));

    // After each of the first three phases, which flags take a step, and for which of them it begins a round.
    private static readonly Gen<int[]> Steps = Gen.Int[0, 63].Array[3];

    [Fact]
    public void Counts_OverRandomInterleavings_EqualTheModel() =>
        Gen.Select(Acts.Array[1, 120], Steps).Sample(Equal, iter: 60, threads: 1);

    private static bool Equal(Act[] acts, int[] steps)
    {
        var clock = new FlowClock();
        using var services = new FlagServices(Flags.Select(flag => Flag.Percentage(flag, Percentages[0])), before: s => s.AddSingleton<TimeProvider>(clock));
        OutcomeRecorder recorder = services.Get<OutcomeRecorder>();
        OutcomeWatch[] watches = [.. Flags.Select(flag => recorder.Watch(flag, 0, Percentages[0], TimeSpan.FromMinutes(5)))];
        foreach (OutcomeWatch watch in watches)
            watch.SetSlowThreshold(TimeSpan.FromMilliseconds(20));
        int[] taken = new int[Flags.Length];
        var model = new Dictionary<(int Flag, int Step), Dictionary<string, Seen>>();
        var pasts = new Dictionary<(int Flag, string User), Past>();
        var exposures = new Dictionary<(Act Act, int Flag), int>();
        using var barrier = new Barrier(acts.Length + 1);
        Thread[] threads = [.. acts.Select(act => new Thread(() => Run(services, clock, act, barrier)))];
        foreach (Thread thread in threads)
            thread.Start();

        for (int phase = 0; phase < 4; phase++)
        {
            barrier.SignalAndWait(); // everybody begins the phase
            barrier.SignalAndWait(); // everybody has done it
            foreach (Act act in acts)
                Model(act, phase);
            if (phase == 3)
                break;
            for (int flag = 0; flag < Flags.Length; flag++)
            {
                if ((steps[phase] >> flag & 1) == 0)
                    continue;
                CheckAll(flag);
                bool newRound = (steps[phase] >> flag & 8) != 0;
                foreach ((string user, Seen seen) in Units(flag))
                    pasts[(flag, user)] = PastOf(flag, user).Plus(seen);
                foreach ((int Flag, string User) unit in pasts.Keys.Where(unit => newRound && unit.Flag == flag))
                    pasts[unit] = pasts[unit].InANewRound();
                taken[flag]++;
                watches[flag].BeginStep(taken[flag], Percentages[taken[flag]], newRound);
            }
            services.Flags.Set(Flags.Select((flag, i) => Flag.Percentage(flag, Percentages[taken[i]])));
        }
        foreach (Thread thread in threads)
            thread.Join();
        for (int flag = 0; flag < Flags.Length; flag++)
            CheckAll(flag);
        return true;

        void Model(Act act, int phase)
        {
            for (int flag = 0; flag < Flags.Length; flag++)
            {
                if (act.From == phase && act.Asks(flag))
                {
                    exposures[(act, flag)] = taken[flag];
                    Units(flag).TryAdd(act.User, new Seen());
                    Units(flag)[act.User].Begin();
                }
                if (act.To == phase && exposures.TryGetValue((act, flag), out int step) && step == taken[flag])
                    Units(flag)[act.User].End(act, flag);
            }
        }

        Past PastOf(int flag, string user) => pasts.GetValueOrDefault((flag, user)) ?? new();

        Dictionary<string, Seen> Units(int flag) =>
            model.TryGetValue((flag, taken[flag]), out Dictionary<string, Seen>? units) ? units : model[(flag, taken[flag])] = [];

        void CheckAll(int flag)
        {
            OutcomeCounts counts = watches[flag].Read();
            ulong threshold = Bucket.Threshold(Percentages[taken[flag]]);
            ILookup<bool, (Seen Now, Past Past)> arms = Units(flag).ToLookup(
                unit => Bucket.Hash(unit.Key, Bucket.Seed(Flags[flag])) < threshold, unit => (unit.Value, PastOf(flag, unit.Key)));
            Check(arms[true], counts.Exposed);
            Check(arms[false], counts.Control);
        }
    }

    private static void Run(FlagServices services, FlowClock clock, Act act, Barrier barrier)
    {
        TracedAction action = default;
        for (int phase = 0; phase < 4; phase++)
        {
            barrier.SignalAndWait();
            if (phase == act.From)
            {
                clock.Milliseconds = 1_000;
                action = services.Get<IActionTracer>().StartAction("act");
                for (int flag = 0; flag < Flags.Length; flag++)
                    if (act.Asks(flag))
                        Ask(services.Manager, Flags[flag], act);
            }
            if (phase == act.To)
            {
                if (act.Fate == 0)
                    services.Get<IActionTracer>().NoteGate(Flags[0]);
                if (act.IsIgnored)
                    action.Ignore();
                if (act.IsBad)
                    action.Fail();
                clock.Milliseconds = 1_000 + act.Milliseconds;
                action.Dispose();
            }
            barrier.SignalAndWait();
        }
    }

    private static void Ask(IFeatureFlagManager manager, string flag, Act act)
    {
        var context = new FeatureFlagContext { UserId = act.User };
        manager.IsEnabled(flag, context);
        if (act.Task)
            Parallel.For(0, 3, _ => manager.IsEnabled(flag, new FeatureFlagContext { UserId = act.User }));
    }

    private static void Check(IEnumerable<(Seen Now, Past Past)> expected, RolloutArm counts)
    {
        (Seen Now, Past Past)[] units = [.. expected];
        // An ignored action may take back what another one of the same unit, which is still running, will count again at its end.
        Assert.InRange(counts.Units, units.Count(unit => unit.Now.IsCounted && !unit.Past.MayBeCounted), units.Count(unit => unit.Now.MayBeCounted && !unit.Past.IsCounted));
        Assert.Equal(units.Count(unit => unit.Now.IsTimed && !unit.Past.Bad), counts.AtRisk);
        Assert.Equal(units.Count(unit => unit.Now.Bad && !unit.Past.Bad), counts.Bad);
        Assert.Equal(units.Count(unit => unit.Now.IsTimed && !unit.Past.Slow), counts.SlowAtRisk);
        Assert.Equal(units.Count(unit => unit.Now.Slow && !unit.Past.Slow), counts.Slow);
        double[] logs = [.. units.Where(unit => unit.Now.IsTimed && !unit.Past.Timed).Select(unit => Math.Log(unit.Now.Milliseconds))];
        double mean = logs.Length == 0 ? 0 : logs.Average();
        Assert.Equal(logs.Length, counts.Latency.Count);
        Assert.Equal(mean, counts.Latency.Mean, 1e-9);
        Assert.Equal(logs.Sum(log => (log - mean) * (log - mean)), counts.Latency.SumOfSquares, 1e-9);
    }

    private sealed record Act(string User, int Flags, int From, int To, int Fate, bool Task)
    {
        // Which action of a unit comes first depends on the threads, so all of a unit's actions last the same.
        public int Milliseconds => 1 + int.Parse(User.AsSpan(4), System.Globalization.CultureInfo.InvariantCulture);

        public bool IsBad => Fate is 2 or 3;

        public bool Asks(int flag) => (Flags >> flag & 1) != 0;

        public bool IsIgnored => Fate == 1;

        public bool Counts(int flag) => !IsIgnored && !(Fate == 0 && flag == 0);
    }

    private sealed class Seen
    {
        private int _running;
        private bool _kept;
        private bool _ignored;

        public int Milliseconds { get; private set; }

        public bool Bad { get; private set; }

        public bool IsTimed => Milliseconds > 0;

        public bool Slow => Milliseconds > 20;

        public bool IsCounted => _kept || _running > 0 && !_ignored;

        public bool MayBeCounted => _kept || _running > 0;

        public void Begin() => _running++;

        public void End(Act act, int flag)
        {
            _running--;
            if (act.IsIgnored)
                _ignored = true;
            else
                _kept = true;
            if (!act.Counts(flag))
                return;
            Milliseconds = act.Milliseconds;
            Bad |= act.IsBad;
        }
    }

    /// <summary>What earlier steps know of a unit: what was counted in the round, and what in any.</summary>
    private sealed record Past(bool IsCounted = false, bool MayBeCounted = false, bool Timed = false, bool Bad = false, bool Slow = false)
    {
        public Past Plus(Seen seen) => new(IsCounted || seen.IsCounted, MayBeCounted || seen.MayBeCounted, Timed || seen.IsTimed, Bad || seen.Bad, Slow || seen.Slow);

        public Past InANewRound() => new(Bad: Bad, Slow: Slow);
    }
}
