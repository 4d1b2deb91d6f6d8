using System.Threading.Channels;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Diagnostics;

/// <summary>The loop of every background service.</summary>
public sealed class PeriodicServiceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Run_EachPeriod_AndTheNextPeriodIsReadAfterIt()
    {
        using var service = new Probe(_time);
        await service.StartAsync(default);
        Assert.Equal(1, await service.Runs.Reader.ReadAsync()); // at the start
        service.Next = TimeSpan.FromSeconds(5);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await service.Runs.Reader.ReadAsync());
        await service.IsIdleAsync();
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(service.Runs.Reader.TryRead(out _));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, await service.Runs.Reader.ReadAsync());
        await service.StopAsync(default);
    }

    [Fact]
    public async Task Failure_DoesNotEndTheLoop_AndSaysWhetherItIsTheFirst()
    {
        using var service = new Probe(_time)
        {
            FaultOf = run => run switch
            {
                1 or 2 => new IOException("no"),
                4 or 5 => new IOException("again"),
                _ => null,
            },
        };
        await service.StartAsync(default);
        for (int run = 1; run <= 5; run++)
        {
            Assert.Equal(run, await service.Runs.Reader.ReadAsync());
            await service.IsIdleAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(6, await service.Runs.Reader.ReadAsync());
        await service.StopAsync(default);
        Assert.Equal([("no", true), ("no", false), ("again", true), ("again", false)], service.Failures);
    }

    [Fact]
    public async Task Stop_DuringAWaitOrARun_EndsWithoutAFailure()
    {
        using var waiting = new Probe(_time);
        await waiting.StartAsync(default);
        Assert.Equal(1, await waiting.Runs.Reader.ReadAsync());
        await waiting.StopAsync(default);
        Assert.True(waiting.ExecuteTask!.IsCompletedSuccessfully);

        using var running = new Probe(_time) { Blocks = true };
        await running.StartAsync(default);
        Assert.Equal(1, await running.Runs.Reader.ReadAsync());
        await running.StopAsync(default);
        Assert.True(running.ExecuteTask!.IsCompletedSuccessfully);
        Assert.Empty(running.Failures);
    }

    [Fact]
    public async Task Failure_AfterDisposal_IsSilent()
    {
        using var service = new Probe(_time);
        service.Dispose();
        await service.RunNowAsync(() => throw new ObjectDisposedException("store"));
        Assert.Empty(service.Failures);
    }

    private sealed class Probe(TimeProvider time) : PeriodicService(time)
    {
        private readonly TaskCompletionSource _never = new();
        private int _runs;
        private volatile int _periods;

        public TimeSpan Next { get; set; } = TimeSpan.FromSeconds(1);

        public Func<int, Exception?> FaultOf { get; init; } = _ => null;

        public bool Blocks { get; init; }

        public Channel<int> Runs { get; } = Channel.CreateUnbounded<int>();

        public List<(string, bool)> Failures { get; } = [];

        protected override TimeSpan Period
        {
            get
            {
                _periods++;
                return Next;
            }
        }

        protected override bool RunsAtStart => true;

        /// <summary>Waits until the loop waits for its timer.</summary>
        public Task IsIdleAsync()
        {
            Support.Eventually.True(() => _periods >= _runs, () => "Not so: the loop waits.");
            return Task.CompletedTask;
        }

        public Task RunNowAsync(Action work) => TryAsync(token => Task.Run(work, token), default);

        protected override async Task RunOnceAsync(CancellationToken stoppingToken)
        {
            int run = ++_runs;
            await Runs.Writer.WriteAsync(run, default);
            if (Blocks)
                await _never.Task.WaitAsync(stoppingToken);
            if (FaultOf(run) is { } fault)
                throw fault;
        }

        protected override void OnFailure(Exception exception, bool isFirst) => Failures.Add((exception.Message, isFirst));
    }
}
