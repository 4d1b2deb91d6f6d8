using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// How often healthy rollouts are rolled back where safety checks come before their time as well. What makes a check due counts bad outcomes of both arms
/// together: then it does not depend on the result when a window is closed, and the guarantee stays. Seeded.
/// </summary>
[Trait("Speed", "Slow")]
public class EarlyCheckSimulationTests
{
    private static readonly decimal[] Canary = [1];

    // A step for each check by the clock, so that windows begin with nobody at risk again and again.
    private static readonly decimal[] ManySteps = [.. Enumerable.Range(0, 288).Select(step => 50 + step * 0.001m)];

    [LongTheory]
    [InlineData(0.001, false)]
    [InlineData(0.01, false)]
    [InlineData(0.05, false)]
    [InlineData(0.3, false)]
    [InlineData(0.05, true)]
    public void FalseAlarms_Errors_StayBelowAlpha(double errors, bool canary)
    {
        var healthy = new EarlyCheckSimulation { Traffic = 100, ControlErrors = errors, ExposedErrors = errors };
        AssertHolds(300, canary ? healthy with { Percentages = Canary } : healthy);
    }

    [LongFact]
    public void FalseAlarms_ErrorsThatRiseForEverybody_StayBelowAlpha() =>
        AssertHolds(300, new EarlyCheckSimulation { Traffic = 100, Errors = static at => 1 + 2 * at });

    [LongFact]
    public void FalseAlarms_AllGuards_StayBelowAlpha() => AssertHolds(200, new EarlyCheckSimulation { Traffic = 100, Judged = Judged.All });

    /// <summary>A check at each slow action: what closes a window is then of the same kind as what is judged.</summary>
    [LongTheory]
    [InlineData(nameof(Judged.Latency))]
    [InlineData(nameof(Judged.Slow))]
    public void FalseAlarms_OneGuardOfLatency_StayBelowAlpha(string judged) =>
        AssertHolds(200, new EarlyCheckSimulation { Traffic = 100, Judged = Enum.Parse<Judged>(judged), EachBad = true });

    [LongFact]
    public void FalseAlarms_ACheckAtEachBadOutcome_StayBelowAlpha() => AssertHolds(300, AtEachBad);

    [LongFact]
    public void FalseAlarms_ACheckAtEachBadOutcomeOfOneArm_DoNot() =>
        Assert.True((AtEachBad with { ByArm = true }).Rate(300) > Bound(300), "A trigger by arm holds as well: this test shows nothing.");

    [LongFact]
    public void AlwaysFailing_IsFoundLongBeforeTheFirstCheckByTheClock()
    {
        var failing = new EarlyCheckSimulation { Traffic = 500, Percentages = [50], ControlErrors = 0, ExposedErrors = 1 };
        for (int seed = 0; seed < 100; seed++)
        {
            (bool stopped, long exposed, int early) = failing.Run(seed);
            Assert.True(stopped && early is 1 or 2 or 3);
            Assert.InRange(exposed, 5, 60);
        }
    }

    private static EarlyCheckSimulation AtEachBad => new() { Traffic = 10, Percentages = ManySteps, ControlErrors = 0.1, ExposedErrors = 0.1, EachBad = true };

    private static void AssertHolds(int runs, EarlyCheckSimulation healthy) => Assert.InRange(healthy.Rate(runs), 0, Bound(runs));

    private static double Bound(int runs) => 0.05 + 3 * Math.Sqrt(0.05 * 0.95 / runs);
}
