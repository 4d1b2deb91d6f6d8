using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Tests.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>What a process keeps of a rollout while the store is unavailable.</summary>
public class RolloutRunTests
{
    private static readonly RolloutRecord Record = Simulation.Record(50, new RolloutConfig());

    [Fact]
    public void Copies_OfALongOutage_AreBounded_AndWhatStepsHadComeToStays()
    {
        RolloutRecord record = Simulation.Record(50, new RolloutConfig());
        var run = RolloutRun.Begin(record, timestamp: 0);
        for (int check = 1; check <= 10_000; check++)
        {
            run = run.Keep(record, Copy(check <= 3_001 ? "first" : "second", units: check <= 3_001 ? check : check - 3_001));
        }
        Assert.InRange(run.Unsaved.Count, 1, 1_100);
        RolloutLedger ledger = run.Evidence;
        Assert.Same(ledger, run.Read(record, run.Ledger, version: 1, timestamp: 1).Evidence); // nothing is added a second time
        Assert.Equal(10_000, ledger.Exposed.Units);
        run = run.Saved(ledger, version: 2, timestamp: 2);
        Assert.Same(ledger, run.Evidence);
        Assert.Empty(run.Unsaved);
    }

    [Fact]
    public void Begin_StartsFromTheMonitoredTimeOfTheRecord()
    {
        var run = RolloutRun.Begin(Record with { MonitoredTime = TimeSpan.FromHours(3) }, timestamp: 7);
        Assert.Equal((Record.Id, Record.Id, TimeSpan.FromHours(3)), (run.Id, run.Ledger.Id, run.Ledger.MonitoredTime));
        Assert.Same(run.Ledger, run.Evidence);
        Assert.Equal((7, -1, 0), (run.Mark, run.Counted, run.Version));
    }

    [Fact]
    public void BeginStep_HasANewKey_AndRemembersTheFirstOneThatIsNotInTheSums()
    {
        RolloutRun first = RolloutRun.Begin(Record, 0).BeginStep(Record);
        Assert.Null(first.Ended);
        Assert.Equal(32, first.Key.Length);
        Assert.Same(first, first.BeginStep(Record));

        RolloutRun second = first.BeginStep(Record with { Step = 2 });
        Assert.Equal((first.Key, 2), (second.Ended, second.At?.Step));
        Assert.NotEqual(first.Key, second.Key);
        Assert.Equal(first.Key, second.BeginStep(Record with { Step = 3 }).Ended);
        Assert.Equal(second.Key, second.Saved(second.Ledger, 1, 1).BeginStep(Record with { Step = 3 }).Ended);
    }

    [Fact]
    public void Fold_TakesTheNewestCopy_AndEndsTheStepBefore()
    {
        RolloutRun run = RolloutRun.Begin(Record, 0).BeginStep(Record);
        Assert.Same(run.Evidence, run.Fold(Record, null));
        RolloutLedger ledger = run.Fold(Record, Observed(5));
        RolloutStratum copy = Assert.Single(ledger.Open);
        Assert.Equal((run.Key, 1, 50m, 5, 6), (copy.Key, copy.Step, copy.Percentage, copy.Exposed.Units, copy.Control.Units));
        Assert.Equal(7, copy.Actions.Count);

        run = run.Saved(ledger, 1, 1).BeginStep(Record with { Step = 2 });
        ledger = run.Fold(Record with { Step = 2 }, Observed(3));
        Assert.Equal((run.Key, 5, 8), (Assert.Single(ledger.Open).Key, ledger.EndedExposed.Units, ledger.Exposed.Units));
    }

    [Fact]
    public void SlowThreshold_IsThatOfTheLedger_ElseOfThePlan_ElseOfControl()
    {
        TimeSpan one = TimeSpan.FromSeconds(1), two = TimeSpan.FromSeconds(2), three = TimeSpan.FromSeconds(3);
        RolloutRun run = RolloutRun.Begin(Record, 0).BeginStep(Record);
        RolloutRecord planned = Record with { Plan = new RolloutConfig { SlowThreshold = two } };
        RolloutObservations observed = Observed(5) with { ControlPercentile95 = three };
        Assert.Null(run.Fold(Record, Observed(5)).SlowThreshold);
        Assert.Equal(three, run.Fold(Record, observed).SlowThreshold);
        Assert.Equal(two, run.Fold(planned, observed).SlowThreshold);
        run = run with { Evidence = run.Evidence with { SlowThreshold = one } };
        Assert.Equal(one, run.Fold(planned, observed).SlowThreshold);
    }

    [Fact]
    public void Read_OfAnotherCount_CountsFromNow()
    {
        RolloutRun run = RolloutRun.Begin(Record, timestamp: 5).Saved(Evidence.Ledger with { Counted = 3 }, 1, timestamp: 10);
        RolloutRun same = run.Read(Record, run.Ledger with { Hold = null }, version: 2, timestamp: 20);
        Assert.Equal((10, 3, 2), (same.Mark, same.Counted, same.Version));
        RolloutRun other = run.Read(Record, run.Ledger with { Counted = 4 }, version: 2, timestamp: 20);
        Assert.Equal((20, 4, 2), (other.Mark, other.Counted, other.Version));
    }

    [Fact]
    public void Known_OfAnotherLedger_AddsWhatIsNotStoredYet()
    {
        RolloutRun run = RolloutRun.Begin(Record, 0).Keep(Record, Copy("mine", 5)).Keep(Record, Copy("mine", 6));
        Assert.Equal(6, run.Evidence.Exposed.Units);
        Assert.Equal((9, run.Evidence), (run.Known(Record, run.Ledger, 9).Version, run.Known(Record, run.Ledger, 9).Evidence));

        RolloutLedger others = Evidence.Ledger.Add(Record, Copy("theirs", 10), ended: null);
        RolloutRun known = run.Known(Record, others, version: 9);
        Assert.Equal((10, 16, 9), (known.Ledger.Exposed.Units, known.Evidence.Exposed.Units, known.Version));
        Assert.Equal(2, known.Unsaved.Count);
    }

    [Fact]
    public void Saved_TakesTheLedger_AndHasNothingLeft()
    {
        RolloutRun run = RolloutRun.Begin(Record, 0).BeginStep(Record).BeginStep(Record with { Step = 2 }).Keep(Record, Copy("a", 5));
        RolloutLedger ledger = run.Evidence with { Counted = 8 };
        RolloutRun saved = run.Saved(ledger, version: 4, timestamp: 9);
        Assert.Same(ledger, saved.Ledger);
        Assert.Same(ledger, saved.Evidence);
        Assert.Equal((4, 8, 9, null, 0), (saved.Version, saved.Counted, saved.Mark, saved.Ended, saved.Unsaved.Count));
        Assert.Equal(run.Key, saved.Key);
    }

    [Fact]
    public void Keep_AboveItsBound_LeavesOutEverySecondCopy_ButNotTheLastOfAStep()
    {
        const int Bound = 1_024;
        RolloutRun run = RolloutRun.Begin(Record, 0).Keep(Record, Copy("first", 1));
        for (int units = 1; units < Bound; units++)
            run = run.Keep(Record, Copy("second", units));
        Assert.Equal(Bound, run.Unsaved.Count);
        run = run.Keep(Record, Copy("second", Bound));
        // The last copy of the first step, every second one, and the newest.
        long[] second = [.. Enumerable.Range(1, Bound / 2).Select(i => 2L * i - 1), Bound];
        Assert.Equal([1, .. second], run.Unsaved.Select(copy => copy.Exposed.Units));
        Assert.Equal("first", run.Unsaved[0].Key);
        Assert.Equal(1 + Bound, run.Evidence.Exposed.Units);
        Assert.Equal(0, run.Ledger.Exposed.Units);
    }

    private static RolloutObservations Observed(long users) =>
        Evidence.Observed(new RolloutArm { Units = users }, new RolloutArm { Units = users + 1 }) with
        {
            Actions = new RolloutActions(users + 2, 0, TimeSpan.Zero),
        };

    private static RolloutStratum Copy(string key, int units) => new()
    {
        Key = key,
        Step = 1,
        Percentage = 50,
        Exposed = new() { Units = units, AtRisk = units },
        Control = new() { Units = units, AtRisk = units },
    };
}
