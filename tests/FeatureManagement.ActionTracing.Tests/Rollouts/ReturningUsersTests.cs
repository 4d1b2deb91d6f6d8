using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// How often healthy rollouts are rolled back, and bad ones found, where the same users come back again and again, some of whom nearly always meet errors or are
/// always slow: with few steps and with as many as there are checks. Seeded, through the recorder, the ledger and the guard that run in production.
/// </summary>
[Trait("Speed", "Slow")]
public class ReturningUsersTests
{
    [LongTheory]
    [InlineData(RolloutType.Linear, 24, false)]
    [InlineData(RolloutType.Linear, 288, true)]
    [InlineData(RolloutType.Exponential, 288, false)]
    public void FalseAlarms_ManySteps_StayBelowAlpha(RolloutType type, int steps, bool uneven)
    {
        const int Most = 8; // users who come to any of four processes are more
        ReturningUsers.Found[] found = new ReturningUsers { Percentages = ReturningUsers.Curve(type, steps), Uneven = uneven }.Run(150);
        foreach (Func<ReturningUsers.Found, long?> alarm in (Func<ReturningUsers.Found, long?>[])[run => run.Errors, run => run.Latency, run => run.Slow, run => run.All])
            Assert.InRange(found.Count(run => alarm(run) is not null), 0, Most);
        Assert.InRange(found.Count(run => run.Mismatch is not null), 0, 1);
    }

    [LongTheory]
    [InlineData(2, 0)]
    [InlineData(5, 0)]
    [InlineData(1, 0.5)]
    public void WorseWithTheFlagOn_IsFound(double worse, double slower)
    {
        const int Runs = 20;
        var rollout = new ReturningUsers { Percentages = ReturningUsers.Curve(RolloutType.Linear, 24), BadUsers = 0, Errors = 0.01, Worse = worse, Slower = slower };
        Assert.Equal(Runs, rollout.Run(Runs).Count(run => run.All is not null));
    }

    [LongFact]
    public void SlowerLateInTheRollout_TypicalLatencyFindsIt()
    {
        const int Runs = 20;
        const int At63Percent = 180;
        var rollout = new ReturningUsers { Percentages = ReturningUsers.Curve(RolloutType.Linear, 24), Slower = 0.5, From = At63Percent };
        Assert.InRange(rollout.Run(Runs).Count(run => run.Latency is not null), 18, Runs);
    }
}
