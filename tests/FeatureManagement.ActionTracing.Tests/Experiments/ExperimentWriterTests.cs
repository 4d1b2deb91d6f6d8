using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Experiments;
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
        // The answer gets lost: it was written all the same.
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
        Assert.Equal(before.Units, after.SampleRatio.Allocation.Sum(share => share.Units));
        Assert.Equal(before.Metrics[0].Variants, after.Metrics[0].Variants);
        ExperimentCrashTests.AssertWhole(database, after);
    }

    private sealed class FailingStore : IUnitStore
    {
        private readonly InMemoryUnits _inner = new();
        private readonly List<long> _batches = [];

        public Exception? Fault { get; set; }

        public Exception? FaultAfterwards { get; set; }

        /// <summary>The numbers of the batches that it was asked to write.</summary>
        public long[] Batches
        {
            get
            {
                lock (_batches)
                    return [.. _batches];
            }
        }

        public async Task WriteAsync(UnitBatch batch, CancellationToken cancellationToken)
        {
            lock (_batches)
                _batches.Add(batch.Number);
            if (Fault is { } fault)
                throw fault;
            await _inner.WriteAsync(batch, cancellationToken);
            if (FaultAfterwards is { } late)
                throw late;
        }

        public Task<bool> CloseAsync(UnitClosing closing, CancellationToken cancellationToken) => _inner.CloseAsync(closing, cancellationToken);

        public Task<string?> ReadTotalsAsync(string run, CancellationToken cancellationToken) => _inner.ReadTotalsAsync(run, cancellationToken);
    }
}
