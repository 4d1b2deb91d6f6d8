using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Contracts;

/// <summary>What the units of every store must do.</summary>
internal static class UnitContract
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly ExperimentRun Run = new()
    {
        Flag = "Layout",
        Number = 1,
        Variants = ["a", "b"],
        Steps = [new ExperimentStep(1, [1, 1], Noon, Noon.AddMinutes(10)), new ExperimentStep(2, [1, 3], Noon.AddMinutes(10), null)],
        Config = new ExperimentConfig
        {
            Control = "a",
            PrimaryMetric = "bought",
            Metrics =
            [
                new ExperimentMetric { Name = "bought", Kind = MetricKind.Binary, Role = MetricRole.Primary },
                new ExperimentMetric { Name = "spent", Kind = MetricKind.Continuous, Window = TimeSpan.FromMinutes(5) },
            ],
        },
    };

    public static IReadOnlyList<StoreContractCase> Cases { get; } =
    [
        Case("Units: an empty store has none", EmptyAsync),
        Case("Units: the same batch again changes nothing", SameBatchAsync),
        Case("Units: the runs of a flag are apart", RunsAsync),
        Case("Units: a closing counts each unit once, in order, except those whose step ended before", CloseAsync),
        Case("Units: a closing of many counts all of them in turns", CloseManyAsync),
        Case("Units: of batches of several instances at once none is lost", ManyAtOnceAsync),
    ];

    private static async Task EmptyAsync(ExperimentUnits units, IUnitStore store)
    {
        Expect.Equal(null, await store.ReadTotalsAsync(Run.Key, default).ConfigureAwait(false));
        Expect.Equal(false, await units.CloseAsync(Run, Noon, default).ConfigureAwait(false));
        Expect.Equal(0, (await units.ReadAsync(Run, default).ConfigureAwait(false)).Units);
    }

    private static async Task SameBatchAsync(ExperimentUnits units, IUnitStore store)
    {
        ExperimentBatch batch = new("w", 1, Run, [Exposure(1, 0), Exposure(2, 1), Outcome(2, 0), Outcome(2, 1, 5)]);
        await units.WriteAsync(batch, default).ConfigureAwait(false);
        string? once = await store.ReadTotalsAsync(Run.Key, default).ConfigureAwait(false);
        await units.WriteAsync(batch, default).ConfigureAwait(false);
        Expect.Equal(once, await store.ReadTotalsAsync(Run.Key, default).ConfigureAwait(false));
        await units.WriteAsync(batch with { Writer = "another", Events = [Exposure(1, 0), Exposure(3, 0)] }, default).ConfigureAwait(false);
        Expect.Equal(3, (await units.ReadAsync(Run, default).ConfigureAwait(false)).Units);
    }

    private static async Task RunsAsync(ExperimentUnits units, IUnitStore store)
    {
        ExperimentRun second = Run with { Number = 2 };
        await units.WriteAsync(new("w", 1, Run, [Exposure(1, 0)]), default).ConfigureAwait(false);
        await units.WriteAsync(new("w", 2, second, [Exposure(1, 0), Exposure(2, 0)]), default).ConfigureAwait(false);
        Expect.Equal(1, (await units.ReadAsync(Run, default).ConfigureAwait(false)).Units);
        Expect.Equal(2, (await units.ReadAsync(second, default).ConfigureAwait(false)).Units);
    }

    private static async Task CloseAsync(ExperimentUnits units, IUnitStore store)
    {
        ExperimentEvent[] events =
        [
            Exposure(1, 0, 0), Outcome(1, 1, 3), Outcome(1, 1, 4), Exposure(2, 1, 1), Exposure(3, 1, 7), Outcome(3, 1, 9), Exposure(ulong.MaxValue, 0, 12, step: 2),
        ];
        await units.WriteAsync(new("w", 1, Run, events), default).ConfigureAwait(false);
        Expect.Equal(false, await units.CloseAsync(Run, Noon.AddMinutes(5), default).ConfigureAwait(false));
        Expect.All([new MetricTally(1, 0, new Moments(1, 7, 0))], await SpentAsync(units).ConfigureAwait(false));
        Expect.Equal(false, await units.CloseAsync(Run, Noon.AddMinutes(60), default).ConfigureAwait(false));
        Expect.Equal(false, await units.CloseAsync(Run, Noon.AddMinutes(60), default).ConfigureAwait(false));
        MetricTally[] all = [new(1, 0, new Moments(1, 7, 0)), new(1, 0, new Moments(1, 0, 0)), new(1, 0, new Moments(1, 0, 0))];
        Expect.All(all, await SpentAsync(units).ConfigureAwait(false));

        // What comes after the window has closed is too late.
        await units.WriteAsync(new("w", 2, Run, [Outcome(2, 1, 50)]), default).ConfigureAwait(false);
        Expect.Equal(false, await units.CloseAsync(Run, Noon.AddMinutes(60), default).ConfigureAwait(false));
        Expect.All(all, await SpentAsync(units).ConfigureAwait(false));
    }

    private static async Task CloseManyAsync(ExperimentUnits units, IUnitStore store)
    {
        ExperimentEvent[] events = [.. Enumerable.Range(1, UnitClosing.MaxRows + 1).Select(unit => Exposure((ulong)unit, 0))];
        await units.WriteAsync(new("w", 1, Run, events), default).ConfigureAwait(false);
        Expect.Equal(true, await units.CloseAsync(Run, Noon.AddMinutes(6), default).ConfigureAwait(false));
        Expect.Equal(false, await units.CloseAsync(Run, Noon.AddMinutes(6), default).ConfigureAwait(false));
        Expect.Equal(events.Length, (await SpentAsync(units).ConfigureAwait(false)).Sum(tally => tally.Count));
    }

    private static async Task ManyAtOnceAsync(ExperimentUnits units, IUnitStore store)
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (int batch = 1; batch <= 5; batch++)
                await units.WriteAsync(new($"w{writer}", batch, Run, [Exposure((ulong)batch, 0), Exposure((ulong)(100 * writer + 100 + batch), 1)]), default).ConfigureAwait(false);
        }))).ConfigureAwait(false);
        Expect.Equal(25, (await units.ReadAsync(Run, default).ConfigureAwait(false)).Units);
    }

    private static async Task<MetricTally[]> SpentAsync(ExperimentUnits units) =>
        [.. (await units.ReadAsync(Run, default).ConfigureAwait(false)).Arms.Select(arm => arm.Metrics[1]).Where(tally => tally.Count > 0)];

    private static StoreContractCase Case(string name, Func<ExperimentUnits, IUnitStore, Task> run) =>
        new(name, store => run(new ExperimentUnits(store.Units), store.Units));

    private static ExperimentEvent Exposure(ulong unit, int variant, double minute = 0, int step = 1) =>
        new(unit, -1, 0, step, variant, Noon.AddMinutes(minute).ToUnixTimeMilliseconds());

    private static ExperimentEvent Outcome(ulong unit, int metric, double value = 1) => new(unit, metric, value, 1, -1, Noon.AddMinutes(2).ToUnixTimeMilliseconds());
}
