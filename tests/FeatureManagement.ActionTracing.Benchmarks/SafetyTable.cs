using System.Globalization;
using FeatureManagement.ActionTracing.Tests.Rollouts;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>
/// Simulated rollouts, through the ledger, the guard and the decision that run in production: how often healthy ones are rolled back, and after how many
/// exposed bad ones are, beside what was published for the methods; then the same of users who come back, through the recorder as well. The same seeds each time.
/// </summary>
internal static class SafetyTable
{
    private static readonly Func<double, double> Rises = static at => 1 + 2 * at;
    private static readonly Func<double, double> Doubles = static at => 1 + at;
    private static readonly Func<double, double> Daily = static at => 1 + 0.5 * Math.Sin(2 * Math.PI * at);
    private static readonly Func<double, double> DailyLatency = static at => 1 + 0.3 * Math.Sin(2 * Math.PI * at);

    private static readonly IReadOnlyList<decimal> FivePercentages = [1, 5, 10, 25, 50, 50];

    private static readonly (string Name, double Published, int Runs, Simulation Simulation)[] Healthy =
    [
        .. from row in ((int Traffic, double Rate, double Published)[])
            [(100, 0.001, 0.009), (100, 0.01, 0.018), (100, 0.05, 0.020), (100, 0.3, 0.003), (1_000, 0.001, 0.019), (1_000, 0.01, 0.026), (1_000, 0.05, 0.022)]
           select ($"errors {row.Rate:0.# %}, {row.Traffic:N0} requests a check", row.Published, 5_000, Errors(row.Traffic, row.Rate, row.Rate)),
        ("errors that rise from 1 % to 3 % for all users", 0.027, 5_000, Errors(1_000, 0.01, 0.01) with { Errors = Rises }),
        ("errors 1 % ± 50 % in a day", 0.023, 5_000, Errors(1_000, 0.01, 0.01) with { Errors = Daily }),
        ("errors 1 %, 100 requests a check, always at 1 %", 0.010, 5_000, Errors(100, 0.01, 0.01) with { Percentages = [1] }),
        ("errors 1 %, 1,000 requests a check, always at 1 %", 0.016, 5_000, Errors(1_000, 0.01, 0.01) with { Percentages = [1] }),
        ("typical latency, 10 users a check", 0.005, 5_000, Latency(10)),
        ("typical latency, nothing tolerated, 10 users a check", 0.015, 5_000, Latency(10) with { ToleratedLatency = 0 }),
        ("typical latency, 100 users a check", 0.009, 5_000, Latency(100)),
        ("typical latency, 100 users a check, always at 1 %", 0.007, 5_000, Latency(100) with { Percentages = [1] }),
        ("typical latency, 1,000 users a check", 0.010, 2_500, Latency(1_000)),
        ("typical latency, nothing tolerated, 1,000 users a check", 0.028, 2_500, Latency(1_000) with { ToleratedLatency = 0 }),
        ("typical latency, nothing tolerated, latency of all users doubles", 0.041, 2_500, Latency(1_000) with { ToleratedLatency = 0, Latencies = Doubles }),
        ("typical latency, nothing tolerated, wider spread with the flag on", 0.039, 2_500, Latency(1_000) with { ToleratedLatency = 0, ExposedLatency = LatencyShape.Wider }),
        ("typical latency, nothing tolerated, 1,000 users a check, 50 → 75 → 90 → 99 %", 0.015, 2_500, Latency(1_000) with { ToleratedLatency = 0, Percentages = [50, 75, 90, 99] }),
        ("typical latency, nothing tolerated, 1 ms and once in a hundred times 100 ms, 1,000 users a check, always at 99 %", 0.019, 2_500, Latency(1_000) with { ToleratedLatency = 0, Latency = LatencyShape.Bimodal, Percentages = [99] }),
        ("slow actions, 1,000 requests a check", 0.017, 2_500, Latency(1_000) with { Judged = Judged.Slow, OfRequests = true }),
        ("all three guards, 100 users a check", 0.012, 5_000, new() { Traffic = 100 }),
        ("all three guards, 1,000 users a check", 0.018, 4_000, new() { Traffic = 1_000 }),
        ("all three guards, errors ± 50 % and latency ± 30 % in a day", 0.012, 4_000, new() { Traffic = 1_000, Errors = Daily, Latencies = DailyLatency }),
        ("all three guards, latency of all users doubles", 0.015, 4_000, new() { Traffic = 1_000, Latencies = Doubles }),
    ];

    private static readonly (string Name, int Published, int Runs, Simulation Simulation)[] Bad =
    [
        ("errors 1 % → 2 %, 100 users a check", 1_502, 1_000, new() { Traffic = 100, ExposedErrors = 0.02 }),
        ("errors 1 % → 5 %, 100 users a check", 139, 1_000, new() { Traffic = 100, ExposedErrors = 0.05 }),
        ("errors 1 % → 2 %, 1,000 users a check", 1_327, 1_000, new() { Traffic = 1_000, ExposedErrors = 0.02 }),
        ("errors 1 % → 5 %, 1,000 users a check", 141, 1_000, new() { Traffic = 1_000, ExposedErrors = 0.05 }),
        ("latency + 10 %, 100 users a check", 1_727, 1_000, new() { Traffic = 100, Slower = 0.1 }),
        ("latency + 50 %, 100 users a check", 82, 1_000, new() { Traffic = 100, Slower = 0.5 }),
        ("latency + 10 %, 1,000 users a check", 1_750, 1_000, new() { Traffic = 1_000, Slower = 0.1 }),
        ("latency + 50 %, 1,000 users a check", 86, 1_000, new() { Traffic = 1_000, Slower = 0.5 }),
        ("2 % of actions ten times as slow, 1,000 users a check", 2_962, 1_000, new() { Traffic = 1_000, TenTimes = 0.02 }),
    ];

    private static readonly (string Name, ReturningUsers Rollout)[] Returning =
    [
        ("3,000 users, five percentages", new() { Percentages = FivePercentages }),
        ("3,000 users, linear, 24 steps", Linear(24)),
        ("3,000 users, linear, 48 steps", Linear(48)),
        ("3,000 users, linear, 288 steps", Linear(288)),
        ("3,000 users, linear to 50 %, 288 steps", new() { Percentages = ReturningUsers.Curve(RolloutType.Linear, 288, 50) }),
        ("3,000 users, exponential, 288 steps", new() { Percentages = ReturningUsers.Curve(RolloutType.Exponential, 288) }),
        ("3,000 users of very uneven activity, five percentages", new() { Percentages = FivePercentages, Uneven = true }),
        ("3,000 users of very uneven activity, linear, 288 steps", Linear(288) with { Uneven = true }),
        ("3,000 users of very uneven activity, exponential, 288 steps", new() { Percentages = ReturningUsers.Curve(RolloutType.Exponential, 288), Uneven = true }),
        ("20,000 users, linear, 288 steps", Linear(288) with { Users = 20_000, BadUsers = 200 }),
        ("3,000 users, of whom three fail half of the time, exponential, 288 steps", new() { Percentages = ReturningUsers.Curve(RolloutType.Exponential, 288), BadUsers = 3 }),
        ("3,000 identical users, errors 1 %, linear, 288 steps", Linear(288) with { BadUsers = 0, Errors = 0.01, Persistent = 0 }),
        .. from percentages in ((string Name, IReadOnlyList<decimal> Percentages)[])[("linear, 24 steps", ReturningUsers.Curve(RolloutType.Linear, 24)), ("exponential, 288 steps", ReturningUsers.Curve(RolloutType.Exponential, 288))]
           from tolerated in ((string Name, double Latency)[])[("", new RolloutConfig().MaxLatencyIncrease), (", nothing tolerated", 0)]
           select ($"3,000 users, all variance of latency between them{tolerated.Name}, {percentages.Name}", new ReturningUsers { Percentages = percentages.Percentages, Persistent = 1, ToleratedLatency = tolerated.Latency }),
        ("3,000 users who come to any of 4 instances, linear, 24 steps", Linear(24) with { Processes = 4 }),
        ("3,000 users who come to any of 10 instances, linear, 24 steps", Linear(24) with { Processes = 10 }),
        ("3,000 users, linear, 24 steps, 3 restarts", Linear(24) with { Restarts = 3 }),
        ("3,000 users, linear, 24 steps, 10 restarts", Linear(24) with { Restarts = 10 }),
    ];

    private static readonly (string Name, ReturningUsers Rollout)[] BadReturning =
    [
        .. from percentages in ((string Name, IReadOnlyList<decimal> Percentages)[])[("five percentages", FivePercentages), ("linear, 24 steps", ReturningUsers.Curve(RolloutType.Linear, 24)), ("linear, 288 steps", ReturningUsers.Curve(RolloutType.Linear, 288))]
           from change in ((string Name, double Worse, double Slower)[])[("errors 1 % → 2 %", 2, 0), ("errors 1 % → 5 %", 5, 0), ("latency + 10 %", 1, 0.1), ("latency + 50 %", 1, 0.5)]
           select ($"{change.Name}, {percentages.Name}", new ReturningUsers { Percentages = percentages.Percentages, BadUsers = 0, Errors = 0.01, Worse = change.Worse, Slower = change.Slower }),
        ("latency + 50 % from 63 % on, linear, 24 steps", new() { Percentages = ReturningUsers.Curve(RolloutType.Linear, 24), BadUsers = 0, Errors = 0.01, Slower = 0.5, From = 180 }),
    ];

    private static readonly (string Name, int Runs, EarlyCheckSimulation Simulation)[] Early =
    [
        .. from rate in (double[])[0.001, 0.01, 0.05, 0.3]
           select ($"errors {rate:0.# %}, 100 users a check", 1_000, new EarlyCheckSimulation { Traffic = 100, ControlErrors = rate, ExposedErrors = rate }),
        ("errors 1 %, 1,000 users a check", 500, new() { Traffic = 1_000 }),
        ("errors that rise from 1 % to 3 % for all users, 100 users a check", 1_000, new() { Traffic = 100, Errors = Rises }),
        ("errors 1 %, 100 users a check, always at 1 %", 1_000, new() { Traffic = 100, Percentages = [1] }),
        ("errors 1 %, 1,000 users a check, always at 1 %", 500, new() { Traffic = 1_000, Percentages = [1] }),
        .. from guard in ((string Name, Judged Judged)[])[("typical latency", Judged.Latency), ("slow actions", Judged.Slow)]
           from traffic in (int[])[100, 1_000]
           select ($"{guard.Name}, {traffic:N0} users a check, a check at each bad or slow action", traffic == 100 ? 2_000 : 500, new EarlyCheckSimulation { Traffic = traffic, Judged = guard.Judged, EachBad = true }),
        ("all three guards, 100 users a check", 1_000, new() { Traffic = 100, Judged = Judged.All }),
        ("all three guards, 1,000 users a check", 300, new() { Traffic = 1_000, Judged = Judged.All }),
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
        Console.WriteLine("| bad rollouts | rolled back | median exposed, published | median exposed, measured | rollouts |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach ((string name, int published, int usual, Simulation simulation) in Bad)
        {
            long[] delays = simulation.Delays(usual * times);
            double found = delays.Count(static delay => delay < long.MaxValue) / (double)delays.Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {found:0 %} | {published:N0} | {delays[delays.Length / 2]:N0} | {delays.Length:N0} |"));
        }
        Console.WriteLine();
        PrintEarly(times);
        Console.WriteLine();
        PrintReturning(times);
    }

    public static void PrintEarly(int times)
    {
        Console.WriteLine("| healthy rollouts with early checks | measured | standard error | rollouts |");
        Console.WriteLine("|---|---|---|---|");
        foreach ((string name, int usual, EarlyCheckSimulation simulation) in Early)
        {
            int runs = usual * times;
            double rate = simulation.Rate(runs);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rate:0.00 %} | {Math.Sqrt(rate * (1 - rate) / runs):0.00 %} | {runs:N0} |"));
        }
    }

    public static void PrintReturning(int times)
    {
        Console.WriteLine("| healthy rollouts among users who come back | errors | typical latency | slow actions | all three | sample ratio | rollouts |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach ((string name, ReturningUsers rollout) in Returning)
        {
            ReturningUsers.Found[] found = rollout.Run(500 * times);
            double[] rates = [.. ((Func<ReturningUsers.Found, long?>[])[run => run.Errors, run => run.Latency, run => run.Slow, run => run.All, run => run.Mismatch]).Select(alarm => found.Count(run => alarm(run) is not null) / (double)found.Length)];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {rates[0]:0.0 %} | {rates[1]:0.0 %} | {rates[2]:0.0 %} | {rates[3]:0.0 %} | {rates[4]:0.00 %} | {found.Length:N0} |"));
        }
        Console.WriteLine();
        Console.WriteLine("| bad rollouts among 3,000 users who come back | rolled back | median of exposed actions until then | rollouts |");
        Console.WriteLine("|---|---|---|---|");
        foreach ((string name, ReturningUsers rollout) in BadReturning)
        {
            long[] delays = [.. rollout.Run(100 * times).Select(run => run.All ?? long.MaxValue).Order()];
            double found = delays.Count(static delay => delay < long.MaxValue) / (double)delays.Length;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {found:0 %} | {delays[delays.Length / 2]:N0} | {delays.Length:N0} |"));
        }
    }

    private static ReturningUsers Linear(int steps) => new() { Percentages = ReturningUsers.Curve(RolloutType.Linear, steps) };

    private static Simulation Errors(int traffic, double control, double exposed) =>
        new() { Traffic = traffic, Judged = Judged.Errors, OfRequests = true, ControlErrors = control, ExposedErrors = exposed };

    private static Simulation Latency(int traffic) => new() { Traffic = traffic, Judged = Judged.Latency };
}
