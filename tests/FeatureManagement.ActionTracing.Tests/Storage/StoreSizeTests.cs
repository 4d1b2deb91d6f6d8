using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>Evaluations and units stay within <c>maxStoreSize</c>: the oldest evaluations go first, then no new unit is taken in.</summary>
public sealed class StoreSizeTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    private static readonly ExperimentRun Run = new()
    {
        Flag = "layout",
        Number = 1,
        Config = new ExperimentConfig { Control = "list", PrimaryMetric = "paid", Metrics = [new ExperimentMetric { Name = "paid", Kind = MetricKind.Binary, Role = MetricRole.Primary }] },
        Variants = ["list", "grid"],
        Steps = [new ExperimentStep(1, [1, 1], Noon, null)],
    };

    private readonly TempDirectory _directory = new();
    private readonly FlagServices _services = new([Flag.On("flag")]);
    private readonly SqliteFile _file;
    private readonly StoreSpace _space;

    public StoreSizeTests()
    {
        _file = new SqliteFile(_directory.File("store.db"), null);
        _space = _services.Get<StoreSpace>();
    }

    public void Dispose()
    {
        _services.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task SizeReached_OldestEvaluationsGoFirstThenNewUnitsOfAllArmsAreRefused()
    {
        using var evaluations = new SqliteEvaluations(_file, _space);
        using var units = new SqliteUnits(_file, _space);
        var experiments = new ExperimentUnits(units);
        using var removed = new MetricCollector<long>(_services.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.store.evaluations.removed");
        using var refused = new MetricCollector<long>(_services.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.store.units.refused");
        for (int i = 0; i < 25; i++)
            await evaluations.WriteAsync([.. Enumerable.Range(0, 1_000).Select(_ => new EvaluationAuditEntry { At = Noon, Flag = "flag", IsEnabled = true, Instance = "node" })], default);
        await WriteAsync(experiments, 1, Enumerable.Range(0, 100));

        Bound(4_000_000); // of 5,012,000
        await CutAsync(evaluations);
        Assert.Equal(10_000, removed.GetMeasurementSnapshot().Sum(measured => measured.Value));
        Assert.Equal(10_001, (await evaluations.ReadAsync(new EvaluationAuditQuery { Take = 1_000, Before = 10_002 }, null, default)).Single().Number);
        Assert.False(_space.IsFull);
        await CutAsync(evaluations);
        Assert.Null(Report.SizeFault);

        Bound(1_000); // less than the units take
        await CutAsync(evaluations);
        Assert.Empty(await evaluations.ReadAsync(new EvaluationAuditQuery(), null, default));
        await CutAsync(evaluations);
        Assert.Contains("maxStoreSize is 1,000. No new unit is taken in.", Report.SizeFault, StringComparison.Ordinal);
        await WriteAsync(experiments, 2, Enumerable.Range(90, 20)); // ten are known
        Assert.Equal(100, (await experiments.ReadAsync(Run, default)).Units);
        Assert.Equal(10, refused.GetMeasurementSnapshot().Sum(measured => measured.Value));

        Bound(2_000_000_000);
        await CutAsync(evaluations);
        Assert.Null(Report.SizeFault);
        await WriteAsync(experiments, 3, Enumerable.Range(90, 20));
        Assert.Equal(110, (await experiments.ReadAsync(Run, default)).Units);
    }

    [Fact]
    public async Task SizeReachedWhileRetentionRemovesSomething_OldestEvaluationsGoToo()
    {
        using var evaluations = new SqliteEvaluations(_file, _space);
        using var removed = new MetricCollector<long>(_services.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.store.evaluations.removed");
        var entry = new EvaluationAuditEntry { At = Noon, Flag = "flag", IsEnabled = true, Instance = "node" };
        await evaluations.WriteAsync([entry with { At = Noon.AddDays(-1) }, .. Enumerable.Repeat(entry, 1_000)], default);
        Bound(100_000); // of 200,000
        await CutAsync(evaluations);
        Assert.Equal(1_000, removed.GetMeasurementSnapshot().Sum(measured => measured.Value));
    }

    private StoreReport Report => _services.Get<IActionTracingStoreStatus>().Current;

    private void Bound(long bytes) => _services.Flags.Set([Flag.On("flag")], _services.Flags.Catalog.Settings with { MaxStoreSize = bytes });

    private static async Task CutAsync(SqliteEvaluations store)
    {
        while (await store.CutAsync(Noon, default))
        {
        }
    }

    private static Task WriteAsync(ExperimentUnits store, long number, IEnumerable<int> units) => store.WriteAsync(
        new ExperimentBatch("writer", number, Run, [.. units.Select(unit => new ExperimentEvent((ulong)unit, -1, 0, 1, unit % 2, Noon.ToUnixTimeMilliseconds()))]), default);
}
