using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>What a process keeps of a rollout while the store is unavailable.</summary>
public class RolloutRunTests
{
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

    private static RolloutStratum Copy(string key, int units) => new()
    {
        Key = key,
        Step = 1,
        Percentage = 50,
        Exposed = new() { Units = units, AtRisk = units },
        Control = new() { Units = units, AtRisk = units },
    };
}
