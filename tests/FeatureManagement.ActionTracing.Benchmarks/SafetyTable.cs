using System.Globalization;
using FeatureManagement.ActionTracing.Tests.Rollouts;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>
/// Simulated rollouts, through the ledger, the guard and the decision that run in production: how often healthy ones are rolled back, and after how many
/// exposed bad ones are, beside what was published for the methods. The same seeds each time.
/// </summary>
internal static class SafetyTable
{
    private static readonly Func<double, double> Rises = static at => 1 + 2 * at;
    private static readonly Func<double, double> Doubles = static at => 1 + at;
    private static readonly Func<double, double> Daily = static at => 1 + 0.5 * Math.Sin(2 * Math.PI * at);

    private static readonly (string Name, double Published, int Runs, Simulation Simulation)[] Healthy =
    [
        .. from row in ((int Traffic, double Rate, double Published)[])
            [(100, 0.001, 0.009), (100, 0.01, 0.018), (100, 0.05, 0.020), (100, 0.3, 0.003), (1_000, 0.001, 0.019), (1_000, 0.01, 0.026), (1_000, 0.05, 0.022)]
           select ($"errors {row.Rate:0.# %}, {row.Traffic} requests a look", row.Published, 5_000, Errors(row.Traffic, row.Rate, row.Rate)),
        ("the same, rising from 1 % to 3 %", 0.027, 5_000, Errors(1_000, 0.01, 0.01) with { Errors = Rises }),
        ("the same, ± 50 % in a day", 0.023, 5_000, Errors(1_000, 0.01, 0.01) with { Errors = Daily }),
        ("errors 1 %, 1 % of 1,000 for ever", 0.016, 5_000, Errors(1_000, 0.01, 0.01) with { Shares = [1] }),
        ("typical latency, 100 a look", 0.009, 5_000, Latency(100)),
        ("typical latency, 1,000 a look", 0.010, 2_500, Latency(1_000)),
        ("typical latency, nothing tolerated, 1,000 a look", 0.028, 2_500, Latency(1_000) with { ToleratedLatency = 0 }),
        ("the same, latency of everybody doubles", 0.041, 2_500, Latency(1_000) with { ToleratedLatency = 0, Latencies = Doubles }),
        ("the same, with the flag on spread wider", 0.039, 2_500, Latency(1_000) with { ToleratedLatency = 0, ExposedLatency = LatencyShape.Wider }),
        ("slow actions, 1,000 a look", 0.017, 2_500, Latency(1_000) with { Judged = Judged.Slow, OfRequests = true }),
        ("all three guards, 100 users a look", 0.012, 5_000, new() { Traffic = 100 }),
        ("all three guards, 1,000 users a look", 0.018, 4_000, new() { Traffic = 1_000 }),
        ("all three guards, latency of everybody doubles", 0.015, 4_000, new() { Traffic = 1_000, Latencies = Doubles }),
    ];

    private static readonly (string Name, int Published, int Runs, Simulation Simulation)[] Bad =
    [
        ("errors 1 % → 2 %, 100 a look", 1_502, 1_000, new() { Traffic = 100, ExposedErrors = 0.02 }),
        ("errors 1 % → 5 %, 100 a look", 139, 1_000, new() { Traffic = 100, ExposedErrors = 0.05 }),
        ("errors 1 % → 2 %, 1,000 a look", 1_327, 1_000, new() { Traffic = 1_000, ExposedErrors = 0.02 }),
        ("errors 1 % → 5 %, 1,000 a look", 141, 1_000, new() { Traffic = 1_000, ExposedErrors = 0.05 }),
        ("latency + 10 %, 100 a look", 1_727, 1_000, new() { Traffic = 100, Slower = 0.1 }),
        ("latency + 50 %, 100 a look", 82, 1_000, new() { Traffic = 100, Slower = 0.5 }),
        ("latency + 10 %, 1,000 a look", 1_750, 1_000, new() { Traffic = 1_000, Slower = 0.1 }),
        ("latency + 50 %, 1,000 a look", 86, 1_000, new() { Traffic = 1_000, Slower = 0.5 }),
        ("2 % of actions ten times as slow, 1,000 a look", 2_962, 1_000, new() { Traffic = 1_000, TenTimes = 0.02 }),
    ];

    public static void Print(int times)
    {
        Console.WriteLine("| healthy rollouts | published | measured | standard error | rollouts |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach ((string name, double published, int usual, Simulation simulation) in Healthy)
        {
            int runs = usual * times;
            double rate = simulation.Rate(runs);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {published:0.0 %} | {rate:0.00 %} | {Math.Sqrt(rate * (1 - rate) / runs):0.00 %} | {runs:N0} |"));
        }
        Console.WriteLine();
        Console.WriteLine("| bad rollouts | rolled back | exposed until then, published | measured median | rollouts |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach ((string name, int published, int usual, Simulation simulation) in Bad)
        {
            long[] delays = simulation.Delays(usual * times);
            double found = delays.Count(static delay => delay < long.MaxValue) / (double)delays.Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {found:0 %} | {published:N0} | {delays[delays.Length / 2]:N0} | {delays.Length:N0} |"));
        }
    }

    private static Simulation Errors(int traffic, double control, double exposed) =>
        new() { Traffic = traffic, Judged = Judged.Errors, OfRequests = true, ControlErrors = control, ExposedErrors = exposed };

    private static Simulation Latency(int traffic) => new() { Traffic = traffic, Judged = Judged.Latency };
}
