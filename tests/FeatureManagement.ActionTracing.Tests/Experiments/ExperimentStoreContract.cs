using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>What every place for units must do.</summary>
public abstract class ExperimentStoreContract
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

    internal abstract IExperimentStore Store { get; }

    [Fact]
    public async Task Read_NothingWritten_IsEmpty()
    {
        ExperimentTally tally = await Store.ReadAsync(Run, default);
        Assert.Equal(0, tally.Units);
        Assert.Empty(tally.Arms);
    }

    [Fact]
    public async Task Write_TheSameBatchAgain_ChangesNothing()
    {
        ExperimentBatch batch = new("w", 1, Run, [Seen(1, 0), Seen(2, 1), Got(2, 0), Got(2, 1, 5)]);
        await Store.WriteAsync(batch, default);
        string once = StoredJson.Write(await Store.ReadAsync(Run, default));
        await Store.WriteAsync(batch, default);
        Assert.Equal(once, StoredJson.Write(await Store.ReadAsync(Run, default)));
        await Store.WriteAsync(batch with { Writer = "another", Events = [Seen(1, 0), Seen(3, 0)] }, default);
        Assert.Equal(3, (await Store.ReadAsync(Run, default)).Units);
    }

    [Fact]
    public async Task Runs_OfAFlag_AreApart()
    {
        await Store.WriteAsync(new("w", 1, Run, [Seen(1, 0)]), default);
        await Store.WriteAsync(new("w", 2, Run with { Number = 2 }, [Seen(1, 0), Seen(2, 0)]), default);
        Assert.Equal(1, (await Store.ReadAsync(Run, default)).Units);
        Assert.Equal(2, (await Store.ReadAsync(Run with { Number = 2 }, default)).Units);
    }

    [Fact]
    public async Task Close_CountsEachUnitOnceInOrder_ExceptThoseWhoseStepEndedBefore()
    {
        await Store.WriteAsync(new("w", 1, Run, [Seen(1, 0, 0), Got(1, 1, 3), Got(1, 1, 4), Seen(2, 1, 1), Seen(3, 1, 7), Got(3, 1, 9), Seen(ulong.MaxValue, 0, 12, step: 2)]), default);
        Assert.False(await Store.CloseAsync(Run, Noon.AddMinutes(5), default));
        Assert.Equal([new MetricTally(1, 0, new Moments(1, 7, 0))], Spent());
        Assert.False(await Store.CloseAsync(Run, Noon.AddMinutes(60), default));
        Assert.False(await Store.CloseAsync(Run, Noon.AddMinutes(60), default));
        Assert.Equal([new(1, 0, new Moments(1, 7, 0)), new(1, 0, new Moments(1, 0, 0)), new(1, 0, new Moments(1, 0, 0))], Spent());

        // What comes after the window has closed is too late.
        await Store.WriteAsync(new("w", 2, Run, [Got(2, 1, 50)]), default);
        Assert.False(await Store.CloseAsync(Run, Noon.AddMinutes(60), default));
        Assert.Equal(7, Spent().Sum(tally => tally.Values.Mean * tally.Values.Count));

        MetricTally[] Spent() => [.. Store.ReadAsync(Run, default).Result.Arms.Select(arm => arm.Metrics[1]).Where(tally => tally.Count > 0)];
    }

    private static ExperimentEvent Seen(ulong unit, int variant, double minute = 0, int step = 1) => new(unit, -1, 0, step, variant, Noon.AddMinutes(minute).ToUnixTimeMilliseconds());

    private static ExperimentEvent Got(ulong unit, int metric, double value = 1) => new(unit, metric, value, 1, -1, Noon.AddMinutes(2).ToUnixTimeMilliseconds());
}

public sealed class InMemoryExperimentStoreTests : ExperimentStoreContract
{
    internal override IExperimentStore Store { get; } = new InMemoryExperimentStore();
}

public sealed class SqliteExperimentStoreTests : ExperimentStoreContract, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly SqliteExperimentStore _store;

    public SqliteExperimentStoreTests() => _store = new SqliteExperimentStore(new SqliteFile(_directory.File("store.db"), null));

    internal override IExperimentStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }
}
