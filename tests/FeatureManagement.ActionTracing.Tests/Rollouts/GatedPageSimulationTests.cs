using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Safety;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// How often a page behind a gate is rolled back by the guard without control, at error rates that it allows and at others: seeded, through the recorder, the
/// ledger and the guard, with a check after each action.
/// </summary>
[Trait("Speed", "Slow")]
public class GatedPageSimulationTests
{
    private const int Units = 1_000;
    private const double Alpha = 0.05;

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void FalseRollbacks_AtAnAllowedErrorRate_AreAtMostAlpha(double errors)
    {
        const int Runs = 300;
        int stopped = ParallelEnumerable.Range(0, Runs).Count(seed => Run(seed, errors) is not null);
        Assert.InRange((double)stopped / Runs, 0, Alpha + 3 * Math.Sqrt(Alpha * (1 - Alpha) / Runs));
    }

    [Theory]
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

    /// <summary>After how many units the rollout was rolled back; null where it was not.</summary>
    private static int? Run(int seed, double errors)
    {
        var draw = new Draw(seed);
        var time = new FakeTimeProvider();
        RolloutRecord record = Simulation.Record(50, new RolloutConfig { Alpha = Alpha });
        var ledger = new RolloutLedger { Id = record.Id };
        var cell = new WatchCell();
        using var watch = new OutcomeWatch("checkout", record.Step, record.Percentage, cell, time, record.Window, static () => new UnitSet(), static () => { });
        for (int unit = 1; unit <= Units; unit++)
        {
            ulong hash = draw.Next();
            // The same unit once more: only its first action counts, and the window sees both.
            for (int visit = 0; visit < 2; visit++)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                WatchedStep step = cell.Step!;
                step.Complete(step.Expose("user", hash, exposed: true), new ActionOutcome(draw.Uniform() <= errors, TimeSpan.FromMilliseconds(20)), Comparability.None);
            }
            OutcomeCounts counts = watch.Read();
            RolloutMetrics seen = new()
            {
                Exposed = RolloutArm.Of(counts.Exposed) with { GatedUnits = counts.Gated.Units, GatedBad = counts.Gated.Errors },
                Control = RolloutArm.Of(counts.Control),
                Actions = RolloutActions.None,
                Window = RolloutActions.Of(counts.Window),
                GatedWindow = RolloutActions.Of(counts.Gated.Window),
                GatedWindowUnits = counts.Gated.WindowUnits,
            };
            ledger = ledger.Add(record, new RolloutStratum { Key = "a", Step = 1, Percentage = 50, Exposed = seen.Exposed, Control = seen.Control }, null);
            if (RolloutGuard.Judge(record, null, ledger, seen).Kind == VerdictKind.Regressed)
                return unit;
        }
        return null;
    }
}
