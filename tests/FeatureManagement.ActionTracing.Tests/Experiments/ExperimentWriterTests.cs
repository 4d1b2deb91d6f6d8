using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Statistics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>What becomes of what is recorded while the store is slow, broken or shared.</summary>
public sealed class ExperimentWriterTests
{
    [Fact]
    public async Task FullQueue_DropsAndCounts_AndAnExposureThatWasDroppedIsRecordedAtTheNext()
    {
        using var host = new ExperimentHost(configure: services => services.AddFakeLogging().AddSingleton(provider => new ExperimentQueue(provider.GetRequiredService<IMeterFactory>(), 10)));
        using var dropped = new MetricCollector<long>(host.Get<IMeterFactory>(), ActionTracingMeter.Name, "feature_flag.experiment.dropped");
        for (int i = 0; i < 25; i++)
            host.See($"u{i}");
        host.Record("u0", "bought");
        Assert.Equal(16, host.Get<IExperimentResults>().Dropped);
        Assert.Equal(16, dropped.GetMeasurementSnapshot().Sum(measured => measured.Value));
        Assert.All(dropped.GetMeasurementSnapshot(), measured => Assert.Equal("queue_full", measured.Tags["reason"]));
        Assert.Equal(10, (await host.ResultAsync()).Units);
        Assert.Equal(
            "16 exposures and outcomes of experiments were lost: they came faster than they could be written.",
            Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 502).Message);

        for (int i = 0; i < 20; i++)
            host.See($"u{i}"); // the first ten are known, and need no room
        Assert.Equal((20, 16), ((await host.ResultAsync()).Units, host.Get<IExperimentResults>().Dropped));
    }

    [Fact]
    public async Task Store_ThatFails_GetsEverythingLaterInOrderAndOnce()
    {
        var store = new FailingStore();
        using var host = new ExperimentHost(configure: services => services.AddFakeLogging().AddSingleton<IActionTracingStore>(new PartStore { Units = store }));
        host.See("u1");
        store.Fault = new IOException("no");
        await Assert.ThrowsAsync<IOException>(() => host.Recorder.FlushAsync());
        host.Record("u1", "bought");
        host.See("u2");
        await Assert.ThrowsAsync<IOException>(() => host.Recorder.FlushAsync());
        // The answer gets lost: it was still written.
        store.Fault = null;
        store.FaultAfterwards = new IOException("lost");
        await Assert.ThrowsAsync<IOException>(() => host.Recorder.FlushAsync());
        store.FaultAfterwards = null;
        host.Record("u2", "waited", 3);
        host.Record("u2", "waited", 7);
        ExperimentResult result = await host.ResultAsync();

        Assert.Equal([1, 1, 1, 1, 2], store.Batches);
        Assert.Equal((2, 0), (result.Units, host.Get<IExperimentResults>().Dropped));
        Assert.Equal(1, result.Metrics.Single(metric => metric.Name == "bought").Variants.Sum(arm => arm.Units * arm.Mean ?? 0));
        Assert.Equal(3, result.Metrics.Single(metric => metric.Name == "waited").Variants.Sum(arm => arm.Units * arm.Mean ?? 0));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // the transaction is committed, and only the answer is lost
    public async Task MixedBatch_WhoseSecondExperimentFails_IsWrittenOnceAfterTheRetry(bool isCommitted)
    {
        const int Users = 4;
        using var directory = new TempDirectory();
        using var table = new SqliteUnits(new SqliteFile(directory.File("shop.db"), null));
        var store = new FailingStore(table);
        var units = new ExperimentUnits(store);
        using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var queue = new ExperimentQueue(services.GetRequiredService<IMeterFactory>());
        var writer = new ExperimentWriter(queue, units);
        ExperimentRun[] runs = [RunOf("first"), RunOf("second"), RunOf("third")];
        for (ulong user = 1; user <= Users; user++)
            foreach (ExperimentRun run in runs)
                Add(run, user, 10);

        store.Fail = batch => batch.Run == runs[1].Key ? new IOException("no") : null;
        store.FailsAfterwards = isCommitted;
        await Assert.ThrowsAsync<IOException>(() => writer.FlushAsync(default));
        Add(runs[1], Users + 1, 5);
        store.Fail = null;
        await writer.FlushAsync(default);
        await writer.FlushAsync(default); // writes nothing

        // Every experiment of a batch has its number, also at the retry.
        (string first, string second, string third) = (runs[0].Key, runs[1].Key, runs[2].Key);
        Assert.Equal([(first, 1), (second, 1), (first, 1), (second, 1), (third, 1), (second, 2)], store.Written);
        Assert.Equal((Users, 40), await SumsAsync(runs[0]));
        Assert.Equal((Users + 1, 45), await SumsAsync(runs[1]));
        Assert.Equal((Users, 40), await SumsAsync(runs[2]));

        // The values of a unit are added up, so that an outcome that is written twice shows.
        static ExperimentRun RunOf(string flag) => Sums.Run(
            [[1, 1]],
            new ExperimentMetric { Name = "spent", Kind = MetricKind.Continuous, Role = MetricRole.Primary, Window = TimeSpan.FromHours(1) }) with
        { Flag = flag };

        void Add(ExperimentRun run, ulong user, double value)
        {
            long now = Sums.Noon.ToUnixTimeMilliseconds();
            Assert.True(queue.TryAdd(run, new ExperimentEvent(user, -1, 0, 1, 0, now)));
            Assert.True(queue.TryAdd(run, new ExperimentEvent(user, 0, value, 1, 0, now)));
        }

        async Task<(long Units, double Spent)> SumsAsync(ExperimentRun run)
        {
            while (await units.CloseAsync(run, Sums.Noon.AddHours(2), default))
            {
            }
            ExperimentTally tally = await units.ReadAsync(run, default);
            Moments spent = tally.Find(1, 0)!.Of(run.Metrics[0], 0);
            Assert.Equal(tally.Units, spent.Count);
            return (tally.Units, spent.Count * spent.Mean);
        }
    }

    [Fact]
    public async Task Store_ThatIsDown_IsToldOnce_AndNobodyWaits()
    {
        var store = new FailingStore { Fault = new IOException("no") };
        using var host = new ExperimentHost(configure: services => services.AddFakeLogging().AddSingleton<IActionTracingStore>(new PartStore { Units = store }));
        for (int second = 1; second <= 5; second++)
        {
            host.See($"u{second}");
            host.Time.Advance(TimeSpan.FromSeconds(1));
            int tries = second;
            Eventually.True(() => store.Batches.Length >= tries, () => "Not so: it is tried again.");
        }
        store.Fault = null;
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.Recorder.FlushAsync();
        Assert.Equal(5, (await host.ResultAsync()).Units);
        Assert.Single(host.Get<FakeLogCollector>().GetSnapshot(), log => log.Id.Id == 501);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task TwoProcesses_OverOneFile_CountEachUnitOnce()
    {
        const int Users = 2_000;
        using var directory = new TempDirectory();
        string database = directory.File("shop.db");
        using (new ExperimentHost(database: database)) // the run is begun
        {
        }
        System.Diagnostics.Process[] processes = [.. Enumerable.Range(0, 2).Select(_ => Child.Start(nameof(ExperimentCrashTests), database))];
        foreach (System.Diagnostics.Process process in processes)
            while (long.Parse((await process.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture) < Users)
            {
            }
        foreach (System.Diagnostics.Process process in processes)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        using var host = new ExperimentHost(database: database);
        ExperimentResult before = await host.ResultAsync();
        Assert.Equal(1, before.Run);
        Assert.InRange(before.Units, Users, long.MaxValue);
        // Both have counted the same users, and so does a third.
        for (int i = 1; i <= Users; i++)
        {
            host.See($"u{i}");
            host.Record($"u{i}", "bought");
        }
        ExperimentResult after = await host.ResultAsync();
        Assert.Equal(before.Units, after.Units);
        Assert.Equal(before.Units, after.SampleRatio.Allocation.Sum(arm => arm.Units));
        Assert.Equal(StoredJson.Write(before.Metrics[0].Variants), StoredJson.Write(after.Metrics[0].Variants));
        ExperimentCrashTests.AssertWhole(database, after);
    }

    private sealed class FailingStore(IUnitStore inner) : IUnitStore
    {
        private readonly List<(string Run, long Number)> _written = [];

        public FailingStore() : this(new InMemoryUnits())
        {
        }

        /// <summary>What a batch fails with; null where it does not.</summary>
        public Func<UnitBatch, Exception?>? Fail { get; set; }

        /// <summary>Whether a batch that fails is written, and only its answer is lost.</summary>
        public bool FailsAfterwards { get; set; }

        public Exception? Fault
        {
            set => (Fail, FailsAfterwards) = (_ => value, false);
        }

        public Exception? FaultAfterwards
        {
            set => (Fail, FailsAfterwards) = (_ => value, true);
        }

        /// <summary>The runs and numbers of the batches that it was asked to write.</summary>
        public (string Run, long Number)[] Written
        {
            get
            {
                lock (_written)
                    return [.. _written];
            }
        }

        /// <summary>The numbers of the batches that it was asked to write.</summary>
        public long[] Batches => [.. Written.Select(batch => batch.Number)];

        public async Task WriteAsync(UnitBatch batch, CancellationToken cancellationToken)
        {
            lock (_written)
                _written.Add((batch.Run, batch.Number));
            Exception? fault = Fail?.Invoke(batch);
            if (fault is null || FailsAfterwards)
                await inner.WriteAsync(batch, cancellationToken);
            if (fault is not null)
                throw fault;
        }

        public Task<bool> CloseAsync(UnitClosing closing, CancellationToken cancellationToken) => inner.CloseAsync(closing, cancellationToken);

        public Task<string?> ReadTotalsAsync(string run, CancellationToken cancellationToken) => inner.ReadTotalsAsync(run, cancellationToken);
    }
}
