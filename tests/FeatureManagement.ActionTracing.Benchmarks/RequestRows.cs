using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>
/// Requests per second of the sample's list of products, client and server on the one machine, with and without action tracing: all applications in one process, in
/// alternating turns.
/// </summary>
internal static class RequestRows
{
    private const string Job = "requests";
    private const int Rounds = 15;
    private const int WarmUp = 4;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(300);

    public static IEnumerable<Row> Measure() => MeasureAsync().GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        await using RequestHost without = await RequestHost.StartAsync(traced: false);
        await using RequestHost off = await RequestHost.StartAsync(traced: true);
        await using RequestHost watched = await RequestHost.StartAsync(traced: true);
        await using RequestHost activities = await RequestHost.StartAsync(traced: true, TracingSwitches.Enabled);
        await using RequestHost everything = await RequestHost.StartAsync(traced: true, TracingSwitches.Enabled, TracingSwitches.Output, TracingSwitches.Metrics);
        using OutcomeWatch watch = watched.Services.GetRequiredService<OutcomeRecorder>().Watch(RequestHost.Flag, 1, 50, TimeSpan.FromMinutes(5));
        (string Name, RequestHost Host)[] hosts =
        [
            ("without UseActionTracing()", without),
            ("with it, tracing off", off),
            ("with it, tracing off, a flag in a rollout", watched),
            ("with it, activities", activities),
            ("with it, activities, files and measurements", everything),
        ];
        double[][] turns = [.. hosts.Select(_ => new double[Rounds])];
        for (int round = -WarmUp; round < Rounds; round++)
            for (int i = 0; i < hosts.Length; i++)
            {
                double rate = await hosts[i].Host.RunAsync(Turn);
                if (round >= 0)
                    turns[i][round] = rate;
            }
        return
        [
            .. hosts.Select((host, i) => new Row(Job, host.Name, Measurement.Median(turns[i]), "per s")),
            .. hosts.Skip(1).Select((host, i) => new Row(Job, host.Name + " / without", Measurement.Median(turns[i + 1].Zip(turns[0], (some, none) => some / none)), "x")),
        ];
    }
}
