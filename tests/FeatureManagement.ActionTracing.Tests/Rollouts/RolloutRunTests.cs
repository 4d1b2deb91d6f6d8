using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>What a process keeps of a rollout while the store is unavailable.</summary>
public class RolloutRunTests
{
    [Fact]
    public void Copies_OfALongOutage_AreBounded_AndWhatStepsHadComeToStays()
    {
        RolloutRecord record = Simulation.Record(50, new RolloutConfig());
        var run = new RolloutRun(record.Id, TimeSpan.Zero);
        for (int check = 1; check <= 10_000; check++)
        {
            run.Keep(Copy(check <= 3_001 ? "first" : "second", units: check <= 3_001 ? check : check - 3_001));
            _ = run.WithUnsaved(record, run.Ledger);
        }
        Assert.InRange(run.Unsaved.Count, 1, 1_100);
        RolloutLedger ledger = run.WithUnsaved(record, run.Ledger);
        Assert.Same(ledger, run.WithUnsaved(record, run.Ledger)); // nothing is added a second time
        Assert.Equal(10_000, ledger.Exposed.Units);
        run.Saved();
        Assert.Same(run.Ledger, run.WithUnsaved(record, run.Ledger));
    }

    private static RolloutStratum Copy(string key, int units) => new()
    {
        Key = key,
        Step = 1,
        Percentage = 50,
        Exposed = new() { Units = units, AtRisk = units },
        Control = new() { Units = units, AtRisk = units },
    };
}
