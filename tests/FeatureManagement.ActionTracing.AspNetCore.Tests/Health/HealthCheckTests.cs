using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Health;

/// <summary>What the health check says of a store that fails, and that it stops saying so.</summary>
public sealed class HealthCheckTests
{
    private readonly FakeTimeProvider _time = new();
    private InMemoryStore _inner = new();
    private Exception? _readFault;
    private Exception? _writeFault;

    [Fact]
    public async Task StoreDownAtStart_IsUnhealthyUntilItIsRead()
    {
        _readFault = new IOException("no such disk");
        await using WebHost host = await StartAsync();
        HealthReportEntry check = await CheckAsync(host);
        Assert.Equal(HealthStatus.Unhealthy, check.Status);
        Assert.Equal("The store failed: no such disk. The stored state is not loaded yet: stored emergencies are unknown.", check.Description);
        Assert.NotNull(check.Data["storeFailingSince"]);

        _readFault = null;
        await host.Services.GetRequiredService<StoreSynchronizer>().SyncAsync(default);
        check = await CheckAsync(host);
        Assert.Equal((HealthStatus.Healthy, "Configuration and store are healthy."), (check.Status, check.Description));
        Assert.DoesNotContain("storeFailingSince", check.Data.Keys);
    }

    [Fact]
    public async Task WritingFails_IsDegradedAndCountsWhatWaits()
    {
        await using WebHost host = await StartAsync();
        _writeFault = new IOException("disk full");
        Assert.False((await host.Services.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync("checkout", new FlagChange("ann", "because"))).IsStored);
        HealthReportEntry check = await CheckAsync(host);
        Assert.Equal((HealthStatus.Degraded, "The store failed: disk full."), (check.Status, check.Description));
        Assert.Equal(1, check.Data["outboxChanges"]);

        _writeFault = null;
        await host.Services.GetRequiredService<StoreSynchronizer>().SyncAsync(default);
        check = await CheckAsync(host);
        Assert.Equal((HealthStatus.Healthy, 0), (check.Status, check.Data["outboxChanges"]));
    }

    [Fact]
    public async Task AChangeWaitsLongerThanTheTimeout_IsDegradedAndSaysSinceWhen()
    {
        await using WebHost host = await StartAsync();
        _writeFault = new IOException("disk full");
        await host.Services.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync("checkout", new FlagChange("ann", "because"));
        _time.Advance(TimeSpan.FromSeconds(6));
        HealthReportEntry check = await CheckAsync(host);
        Assert.Equal(HealthStatus.Degraded, check.Status);
        Assert.EndsWith(
            $"The outbox has had changes since {_time.Start:u}; a restart would lose them.", check.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheStoreForgotAnEmergency_IsDegradedUntilItIsStoredAgain()
    {
        await using WebHost host = await StartAsync();
        await host.Services.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync("checkout", new FlagChange("ann", "because"));
        (_inner, _writeFault) = (new InMemoryStore(), new IOException("read-only"));
        await Assert.ThrowsAsync<FlagChangeException>(() => host.Services.GetRequiredService<StoreSynchronizer>().SyncAsync(default));
        HealthReportEntry check = await CheckAsync(host);
        Assert.Equal(
            (HealthStatus.Degraded, "The store failed: read-only. The store was replaced and lost the emergency or rollback of checkout; it stays in force and is stored again."),
            (check.Status, check.Description));
        _writeFault = null;
        await host.Services.GetRequiredService<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(host)).Status);
    }

    private static async Task<HealthReportEntry> CheckAsync(WebHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["action-tracing"];

    private Task<WebHost> StartAsync()
    {
        var state = new Mock<IStateStore>();
        var store = new Mock<IActionTracingStore>();
        store.Setup(one => one.State).Returns(state.Object);
        store.Setup(one => one.Units).Returns(_inner.Units);
        store.Setup(one => one.Evaluations).Returns(_inner.Evaluations);
        state.Setup(one => one.ReadAsync(It.IsAny<string>(), It.IsAny<long>(), It.IsAny<CancellationToken>()))
            .Returns((string prefix, long since, CancellationToken cancelled) => _readFault is { } fault ? throw fault : _inner.State.ReadAsync(prefix, since, cancelled));
        state.Setup(one => one.CommitAsync(It.IsAny<StoreCommit>(), It.IsAny<CancellationToken>()))
            .Returns((StoreCommit commit, CancellationToken cancelled) => _writeFault is { } fault ? throw fault : _inner.State.CommitAsync(commit, cancelled));
        state.Setup(one => one.ReadAuditBoundsAsync(It.IsAny<CancellationToken>())).Returns((CancellationToken cancelled) => _readFault is { } fault ? throw fault : _inner.State.ReadAuditBoundsAsync(cancelled));
        return WebHost.StartAsync(services: services => services.AddLogging().AddSingleton(store.Object).AddSingleton<TimeProvider>(_time));
    }
}
