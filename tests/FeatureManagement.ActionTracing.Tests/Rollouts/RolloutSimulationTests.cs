using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>
/// How often healthy rollouts are rolled back, and how soon bad ones are, against what was published for the methods: seeded, through the ledger, the guard
/// and the decision that run in production. A rate of so many runs has a standard error, and so has the published one; they must agree within three of both
/// together (0.006 to 0.012 of 2,000 runs). The published ones are of requests that each stand for themselves; users are counted for a whole step, which is
/// another reading: of those only the guarantee is asked for.
/// </summary>
[Trait("Speed", "Slow")]
public class RolloutSimulationTests
{
    private const double Alpha = 0.05;

    private static readonly Dictionary<string, Func<double, double>> Drifts = new()
    {
        ["none"] = static _ => 1,
        ["rises"] = static at => 1 + 2 * at,
        ["falls"] = static at => 3 - 2 * at,
        ["doubles"] = static at => 1 + at,
        ["half a day"] = static at => 1 + 0.5 * Math.Sin(2 * Math.PI * at),
        ["a third of a day"] = static at => 1 + 0.3 * Math.Sin(2 * Math.PI * at),
    };

    [LongTheory]
    [InlineData(100, 0.001, "none", 0.009, 20_000)]
    [InlineData(100, 0.01, "none", 0.018, 20_000)]
    [InlineData(100, 0.05, "none", 0.020, 20_000)]
    [InlineData(100, 0.3, "none", 0.003, 20_000)]
    [InlineData(1_000, 0.001, "none", 0.019, 20_000)]
    [InlineData(1_000, 0.01, "none", 0.026, 20_000)]
    [InlineData(1_000, 0.05, "none", 0.022, 20_000)]
    [InlineData(100, 0.01, "rises", 0.023, 5_000)]
    [InlineData(1_000, 0.01, "rises", 0.027, 5_000)]
    [InlineData(1_000, 0.01, "falls", 0.021, 5_000)]
    [InlineData(1_000, 0.01, "half a day", 0.023, 5_000)]
    public void FalseAlarms_ErrorsOfRequests(int traffic, double rate, string drift, double published, int publishedRuns) => AssertIs(published, publishedRuns, 2_000,
        new Simulation { Traffic = traffic, Judged = Judged.Errors, OfRequests = true, ControlErrors = rate, ExposedErrors = rate, Errors = Drifts[drift] });

    [LongTheory]
    [InlineData(100, 0.010)]
    [InlineData(1_000, 0.016)]
    public void FalseAlarms_ErrorsOfRequests_ConstantCanary(int traffic, double published) =>
        AssertIs(published, 20_000, 2_000, new Simulation { Traffic = traffic, Judged = Judged.Errors, OfRequests = true, Percentages = [1] });

    [LongFact]
    public void FalseAlarms_ErrorsTwiceAsFrequentAndTolerated() =>
        AssertIs(0.024, 10_000, 2_000, new Simulation { Traffic = 1_000, Judged = Judged.Errors, OfRequests = true, ExposedErrors = 0.02, ToleratedErrors = 1 });

    [LongFact]
    public void FalseAlarms_TenTimesAsManyChecks() =>
        AssertIs(0.039, 4_000, 400, new Simulation { Traffic = 100, Judged = Judged.Errors, OfRequests = true, Percentages = [50], Checks = 2_880 });

    [LongTheory]
    [InlineData(100, 0.001)]
    [InlineData(100, 0.05)]
    [InlineData(100, 0.3)]
    [InlineData(1_000, 0.01)]
    public void FalseAlarms_ErrorsOfUsers_StayBelowAlpha(int traffic, double rate) =>
        AssertAtMost(Alpha, 1_000, new Simulation { Traffic = traffic, Judged = Judged.Errors, ControlErrors = rate, ExposedErrors = rate });

    [LongTheory]
    [InlineData(100, "none", "log-normal", 0, 0.027, 4_000)]
    [InlineData(100, "none", "log-normal", 0.02, 0.009, 4_000)]
    [InlineData(1_000, "none", "log-normal", 0, 0.028, 1_000)]
    [InlineData(1_000, "none", "log-normal", 0.02, 0.010, 1_000)]
    [InlineData(1_000, "a third of a day", "log-normal", 0, 0.027, 1_000)]
    [InlineData(100, "doubles", "log-normal", 0, 0.026, 4_000)]
    [InlineData(1_000, "doubles", "log-normal", 0, 0.041, 1_000)]
    [InlineData(100, "none", "log-t", 0, 0.015, 4_000)]
    [InlineData(100, "none", "bimodal", 0, 0.005, 4_000)]
    [InlineData(100, "none", "pareto", 0, 0.014, 4_000)]
    public void FalseAlarms_Latency(int traffic, string drift, string shape, double tolerated, double published, int publishedRuns) => AssertIs(published, publishedRuns, traffic == 100 ? 1_000 : 500,
        new Simulation { Traffic = traffic, Judged = Judged.Latency, ToleratedLatency = tolerated, Latencies = Drifts[drift], Latency = ShapeOf(shape) });

    [LongFact]
    public void FalseAlarms_Latency_SameMeanOfLogarithmsButWiderSpread() => AssertIs(0.039, 1_000, 500,
        new Simulation { Traffic = 1_000, Judged = Judged.Latency, ToleratedLatency = 0, ExposedLatency = LatencyShape.Wider });

    [LongTheory]
    [InlineData(100, "none", 0.021, 4_000)]
    [InlineData(1_000, "none", 0.017, 1_000)]
    [InlineData(100, "doubles", 0.017, 4_000)]
    [InlineData(1_000, "doubles", 0.026, 1_000)]
    public void FalseAlarms_SlowRequests(int traffic, string drift, double published, int publishedRuns) => AssertIs(published, publishedRuns, traffic == 100 ? 1_000 : 500,
        new Simulation { Traffic = traffic, Judged = Judged.Slow, OfRequests = true, Latencies = Drifts[drift] });

    [LongTheory]
    [InlineData(100, "none", 0.012, 4_000)]
    [InlineData(1_000, "none", 0.018, 1_000)]
    [InlineData(1_000, "doubles", 0.015, 1_000)]
    public void FalseAlarms_AllGuards(int traffic, string drift, double published, int publishedRuns) =>
        AssertIs(published, publishedRuns, traffic == 100 ? 1_500 : 700, new Simulation { Traffic = traffic, Latencies = Drifts[drift] });

    // The published median must lie where the true one lies: between the values at 50 % and three standard errors (0.5 / √runs) of a rank to either side.
    [LongTheory]
    [InlineData(100, 0.01, 0.05, 105)]
    [InlineData(1_000, 0.01, 0.05, 107)]
    [InlineData(100, 0.01, 0.02, 1_160)]
    [InlineData(1_000, 0.01, 0.02, 1_053)]
    [InlineData(100, 0.01, 0.3, 10)]
    [InlineData(1_000, 0.001, 0.005, 1_038)]
    [InlineData(1_000, 0.05, 0.06, 4_397)]
    public void Delay_Errors(int traffic, double control, double exposed, long published) =>
        AssertMedianIs(published, new Simulation { Traffic = traffic, Judged = Judged.Errors, OfRequests = true, ControlErrors = control, ExposedErrors = exposed });

    [LongTheory]
    [InlineData(100, 0.02, 0, 0, 1_502)]
    [InlineData(1_000, 0.02, 0, 0, 1_327)]
    [InlineData(100, 0.05, 0, 0, 139)]
    [InlineData(1_000, 0.05, 0, 0, 141)]
    [InlineData(100, 0.01, 0.1, 0, 1_727)]
    [InlineData(1_000, 0.01, 0.1, 0, 1_750)]
    [InlineData(100, 0.01, 0.5, 0, 82)]
    [InlineData(1_000, 0.01, 0.5, 0, 86)]
    [InlineData(1_000, 0.01, 0, 0.02, 2_962)]
    public void Delay_AllGuards(int traffic, double errors, double slower, double tenTimes, long published) =>
        AssertMedianIs(published, new Simulation { Traffic = traffic, ExposedErrors = errors, Slower = slower, TenTimes = tenTimes });

    private static LatencyShape ShapeOf(string name) => name switch
    {
        "log-t" => LatencyShape.LogT3,
        "bimodal" => LatencyShape.Bimodal,
        "pareto" => LatencyShape.Pareto,
        _ => LatencyShape.LogNormal,
    };

    private static void AssertIs(double published, int publishedRuns, int runs, Simulation simulation)
    {
        double error = Math.Sqrt(published * (1 - published) * (1.0 / runs + 1.0 / publishedRuns));
        Assert.InRange(simulation.Rate(runs), published - 3 * error, published + 3 * error);
    }

    private static void AssertAtMost(double bound, int runs, Simulation simulation) => Assert.InRange(simulation.Rate(runs), 0, bound);

    private static void AssertMedianIs(long published, Simulation simulation)
    {
        const int Runs = 300;
        long[] delays = simulation.Delays(Runs);
        double error = 3 * 0.5 / Math.Sqrt(Runs);
        Assert.InRange(published, delays[(int)(Runs * (0.5 - error))], delays[(int)(Runs * (0.5 + error))]);
    }
}
