namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>How often healthy rollouts are rolled back, and how soon bad ones are: seeded, through the ledger, the guard and the decision that run in production.</summary>
[Trait("Speed", "Slow")]
public class RolloutSimulationTests
{
    [Theory]
    [InlineData(100, 0.001, 0.009)]
    [InlineData(100, 0.01, 0.018)]
    [InlineData(100, 0.05, 0.020)]
    [InlineData(1_000, 0.001, 0.019)]
    [InlineData(1_000, 0.01, 0.026)]
    [InlineData(1_000, 0.05, 0.022)]
    public void FalseAlarms_Errors(int traffic, double rate, double published) =>
        AssertIs(published, 800, seed => new Simulation(seed, traffic) { ControlErrors = rate, ExposedErrors = rate, ErrorsAlone = true });

    [Theory]
    [InlineData(100, 0.012)]
    [InlineData(1_000, 0.018)]
    public void FalseAlarms_AllGuards(int traffic, double published) =>
        AssertIs(published, traffic == 100 ? 400 : 150, seed => new Simulation(seed, traffic) { ControlErrors = 0.01, ExposedErrors = 0.01 });

    // Errors and latency of both arms rise at every look, inside of steps too: harder than what was published, so only the guarantee is asked for.
    [Theory]
    [InlineData(100)]
    [InlineData(1_000)]
    public void FalseAlarms_BaselineDoubles_StayBelowAlpha(int traffic) => Assert.InRange(
        Simulation.Rate(traffic == 100 ? 400 : 150, seed => new Simulation(seed, traffic) { ControlErrors = 0.01, ExposedErrors = 0.01, BaselineDoubles = true }), 0, 0.05);

    [Theory]
    [InlineData(100, 0.05, 0, 105, 195)]
    [InlineData(1_000, 0.05, 0, 105, 195)]
    [InlineData(100, 0.02, 0, 1_150, 1_950)]
    [InlineData(100, 0.01, 0.5, 60, 115)]
    [InlineData(1_000, 0.01, 0.5, 60, 115)]
    public void Detection_MedianExposed(int traffic, double exposedErrors, double slower, long least, long most)
    {
        long[] exposed = [.. Enumerable.Range(0, 60).Select(seed => new Simulation(seed, traffic) { ControlErrors = 0.01, ExposedErrors = exposedErrors, Slower = slower }.Run().Exposed).Order()];
        Assert.InRange(exposed[30], least, most);
    }

    /// <summary>The rate is the published one, within four standard errors of so many runs.</summary>
    private static void AssertIs(double published, int runs, Func<int, Simulation> simulation)
    {
        double error = Math.Sqrt(published * (1 - published) / runs);
        Assert.InRange(Simulation.Rate(runs, simulation), published - 4 * error, published + 4 * error);
    }
}
