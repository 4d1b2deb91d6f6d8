using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// How often a page behind a gate is rolled back by the guard without control, at error rates that it allows and at others: seeded, through the recorder, the
/// ledger and the guard, with a check after each action, or where actions take long after each one that begins or ends.
/// </summary>
[Trait("Speed", "Slow")]
public class GatedPageSimulationTests
{
    private const int Units = 1_000;
    private const double Alpha = 0.05;

    [LongTheory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void FalseRollbacks_AtAnAllowedErrorRate_AreAtMostAlpha(double errors)
    {
        const int Runs = 300;
        int stopped = ParallelEnumerable.Range(0, Runs).Count(seed => Run(seed, errors) is not null);
        Assert.InRange((double)stopped / Runs, 0, Alpha + 3 * Math.Sqrt(Alpha * (1 - Alpha) / Runs));
    }

    [LongTheory]
    [InlineData(0.3, 21)]
    [InlineData(0.5, 7)]
    [InlineData(1, 3)]
    public void ErrorRatesAboveIt_AreFoundAfter(double errors, int median)
    {
        const int Runs = 100;
        int[] delays = [.. ParallelEnumerable.Range(0, Runs).Select(seed => Run(seed, errors) ?? int.MaxValue).Order()];
        double error = 3 * 0.5 / Math.Sqrt(Runs);
        Assert.InRange(median, delays[(int)(Runs * (0.5 - error))], delays[(int)(Runs * (0.5 + error))]);
    }

    [LongTheory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void FalseRollbacks_WhereSuccessesTakeLongAndErrorsAreQuick_AreAtMostAlpha(double errors)
    {
        const int Runs = 300;
        int stopped = ParallelEnumerable.Range(0, Runs).Count(seed => RunBesideEachOther(seed, errors));
        Assert.InRange((double)stopped / Runs, 0, Alpha + 3 * Math.Sqrt(Alpha * (1 - Alpha) / Runs));
    }

    /// <summary>After how many units the rollout was rolled back; null where it was not.</summary>
    private static int? Run(int seed, double errors)
    {
        var draw = new Draw(seed);
        var page = new Page();
        using OutcomeWatch watch = page.Watch;
        for (int unit = 1; unit <= Units; unit++)
        {
            ulong hash = draw.Next();
            // The same unit once more: only its first action counts, and the window sees both.
            for (int visit = 0; visit < 2; visit++)
            {
                page.Time.Advance(TimeSpan.FromSeconds(1));
                Page.End(page.Begin(hash), draw.Uniform() <= errors);
            }
            if (page.IsRolledBack())
                return unit;
        }
        return null;
    }

    /// <summary>Whether the rollout was rolled back, with 25 units a second, errors at once and successes after three seconds.</summary>
    private static bool RunBesideEachOther(int seed, double errors)
    {
        const int Running = 75;
        var draw = new Draw(seed);
        var page = new Page();
        using OutcomeWatch watch = page.Watch;
        var running = new Queue<Exposure?>();
        for (int unit = 1; unit <= Units; unit++)
        {
            page.Time.Advance(TimeSpan.FromSeconds(3.0 / Running));
            Exposure begun = page.Begin(draw.Next());
            bool fails = draw.Uniform() <= errors;
            if (fails)
                Page.End(begun, error: true);
            running.Enqueue(fails ? null : begun);
            if (running.Count > Running && running.Dequeue() is { } ended)
                Page.End(ended, error: false);
            if (page.IsRolledBack())
                return true;
        }
        return false;
    }

    /// <summary>A rollout at 50 % of a page behind a gate.</summary>
    private sealed class Page
    {
        private readonly RolloutRecord _record = Simulation.Record(50, new RolloutConfig { Alpha = Alpha });
        private readonly FlagObservers _cell = new();
        private RolloutLedger _ledger;

        public Page()
        {
            _ledger = new RolloutLedger { Id = _record.Id };
            Watch = new OutcomeWatch("checkout", _record.Step, _record.Percentage, _cell, new AmbientAction(), Time, _record.Window, static () => new UnitSet(), static () => { });
        }

        public FakeTimeProvider Time { get; } = new();

        public OutcomeWatch Watch { get; }

        public Exposure Begin(ulong hash)
        {
            Exposure exposure = ((WatchedStep)_cell.Rollout!).Expose("user", hash, exposed: true);
            exposure.Step.BeginGated(exposure);
            return exposure;
        }

        public static void End(Exposure exposure, bool error) =>
            exposure.Step.Complete(exposure, new ActionOutcome(error, TimeSpan.FromMilliseconds(error ? 20 : 3_000)), Comparability.None);

        public bool IsRolledBack()
        {
            OutcomeCounts counts = Watch.Read();
            RolloutObservations seen = new()
            {
                Exposed = counts.Exposed with { GatedUnits = counts.Gated.Units, GatedBad = counts.Gated.Errors },
                Control = counts.Control,
                Actions = RolloutActions.None,
                Window = RecorderMetricsSource.ActionsOf(counts.Window),
                GatedWindowUnits = counts.Gated.WindowUnits,
                GatedWindowBad = counts.Gated.WindowErrors,
            };
            _ledger = _ledger.Add(_record, new RolloutStratum { Key = "a", Step = 1, Percentage = 50, Exposed = seen.Exposed, Control = seen.Control }, null);
            return RolloutGuards.Judge(new(_record, null, _ledger, seen)).Kind == VerdictKind.Regressed;
        }
    }
}
