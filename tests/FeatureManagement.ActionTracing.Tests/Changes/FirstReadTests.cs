using FeatureManagement.ActionTracing.Changes;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>A process evaluates before any host has read the store: its first evaluation reads it, so that stored kills are in force.</summary>
public sealed class FirstReadTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly TempDirectory _directory = new();

    private string Database => _directory.File("store.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Evaluate_WithoutAHost_KnowsStoredKillsAndFollowsTheStore()
    {
        await KillAsync("a");
        await using ServiceProvider console = Container();
        Assert.False(console.GetRequiredService<IFeatureFlagManager>().IsEnabled("a"));
        Assert.True(console.GetRequiredService<IFeatureFlagManager>().IsEnabled("b"));
        await KillAsync("b");
        Eventually.True(() => !console.GetRequiredService<IFeatureFlagManager>().IsEnabled("b"), () => "the store is not followed");
    }

    [Fact]
    public async Task Evaluate_ThroughMicrosoftFeatureManagement_KnowsStoredKills()
    {
        await KillAsync("a");
        await using ServiceProvider console = Container();
        await using AsyncServiceScope scope = console.CreateAsyncScope();
        Assert.False(await scope.ServiceProvider.GetRequiredService<IFeatureManager>().IsEnabledAsync("a"));
        Assert.False(await scope.ServiceProvider.GetRequiredService<IFeatureManagerSnapshot>().IsEnabledAsync("a"));
    }

    [Fact]
    public async Task Evaluate_BeforeTheHostStarts_KnowsStoredKills()
    {
        await KillAsync("a");
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        Add(builder.Services);
        using IHost host = builder.Build();
        Assert.False(host.Services.GetRequiredService<IFeatureFlagManager>().IsEnabled("a"));
        await host.StartAsync();
        Assert.False(host.Services.GetRequiredService<IFeatureFlagManager>().IsEnabled("a"));
        await host.StopAsync();
    }

    [Fact]
    public async Task Evaluate_ByManyAtOnce_WaitForOneRead()
    {
        await KillAsync("a");
        var store = new Counted(new SqliteStore(new SqliteFile(Database, null)));
        await using ServiceProvider console = Container(store);
        var manager = console.GetRequiredService<IFeatureFlagManager>();
        bool[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => manager.IsEnabled("a"))));
        Assert.DoesNotContain(true, answers);
        Assert.Equal(1, store.FirstReads);
    }

    [Fact]
    public async Task Evaluate_StoreFails_IsSaidOnceAndGoesOnWithConfigurationUntilItWorks()
    {
        await KillAsync("a");
        File.Move(Database, Database + ".away");
        Directory.CreateDirectory(Database);
        await using ServiceProvider console = Container();
        var manager = console.GetRequiredService<IFeatureFlagManager>();
        Assert.True(manager.IsEnabled("a"));
        Assert.True(manager.IsEnabled("a"));
        FakeLogRecordOf(console, 207);
        Directory.Delete(Database);
        File.Move(Database + ".away", Database);
        Eventually.True(() => !manager.IsEnabled("a"), () => "the store is not read again");
        FakeLogRecordOf(console, 207);
    }

    [Fact]
    public async Task Evaluate_StoreGivesNoAnswer_WaitsNoLongerThanTheTimeout()
    {
        var store = new Counted(new InMemoryStore()) { Answer = new TaskCompletionSource() };
        await using ServiceProvider console = Container(store, timeout: "300");
        var manager = console.GetRequiredService<IFeatureFlagManager>();
        Assert.True(await Task.Run(() => manager.IsEnabled("a")).WaitAsync(TimeSpan.FromSeconds(30)));
        FakeLogRecordOf(console, 207);
        store.Answer.SetResult();
    }

    [Fact]
    public async Task Evaluate_AfterTheRead_CostsNoBytes()
    {
        await KillAsync("a");
        await using ServiceProvider console = Container(timeout: "00:01:00", poll: "01:00:00");
        var manager = console.GetRequiredService<IFeatureFlagManager>();
        for (int i = 0; i < 100; i++)
            manager.IsEnabled("a");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
            manager.IsEnabled("a");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Evaluate_FileOfAnEarlierReleaseThatAnotherProcessWrites_KnowsStoredKillsAndGetsTheIndexesLater()
    {
        await KillAsync("a");
        using var other = new SqliteConnection($"Data Source={Database};Pooling=false");
        other.Open();
        SqliteFile.Execute(other, "DROP INDEX audit_at; DROP INDEX audit_source; DROP INDEX audit_actor; DROP INDEX audit_action; PRAGMA user_version = 3; BEGIN IMMEDIATE;");
        await using ServiceProvider console = Container();
        Assert.False(console.GetRequiredService<IFeatureFlagManager>().IsEnabled("a"));
        Assert.Single(await console.GetRequiredService<IAuditLog>().QueryAsync(new AuditQuery { Actor = "ann" }));
        SqliteFile.Execute(other, "ROLLBACK");
        Eventually.True(() => Indexes(other) == 4, () => $"{Indexes(other)} indexes");
    }

    [Fact]
    public async Task Change_BeforeAnyEvaluation_FollowsTheStore()
    {
        await using ServiceProvider console = Container();
        var manager = console.GetRequiredService<IFeatureFlagManager>();
        Assert.True((await manager.EmergencyShutdownAsync("a", Change)).IsStored);
        await KillAsync("b");
        Eventually.True(() => !manager.IsEnabled("b"), () => "the store is not followed");
    }

    [Fact]
    public async Task Kill_BeforeAnyEvaluationWhileTheStoreIsDown_IsStoredOnceItWorks()
    {
        Directory.CreateDirectory(Database);
        await using ServiceProvider console = Container();
        Assert.False((await console.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync("a", Change)).IsStored);
        Directory.Delete(Database);
        var status = console.GetRequiredService<IActionTracingStoreStatus>();
        Eventually.True(() => status.Current is { OutboxChanges: 0, Error: null }, () => $"{status.Current}");
    }

    private static long Indexes(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name IN ('audit_at', 'audit_source', 'audit_actor', 'audit_action')";
        return (long)command.ExecuteScalar()!;
    }

    private static void FakeLogRecordOf(IServiceProvider services, int id) =>
        Assert.Equal(LogLevel.Critical, Assert.Single(services.GetFakeLogCollector().GetSnapshot(), record => record.Id.Id == id).Level);

    private async Task KillAsync(string flag)
    {
        await using ServiceProvider other = Container();
        Assert.True((await other.GetRequiredService<IFeatureFlagManager>().EmergencyShutdownAsync(flag, Change)).IsStored);
    }

    private ServiceProvider Container(IActionTracingStore? store = null, string timeout = "00:00:30", string poll = "200")
    {
        var services = new ServiceCollection();
        Add(services, timeout, poll);
        if (store is not null)
            services.Replace(ServiceDescriptor.Singleton(store));
        return services.BuildServiceProvider();
    }

    private void Add(IServiceCollection services, string timeout = "00:00:30", string poll = "200")
    {
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new[] { "a", "b" }.SelectMany(flag => new Dictionary<string, string?>
        {
            [$"ActionTracing:featureFlags:{flag}:type"] = "boolean",
            [$"ActionTracing:featureFlags:{flag}:state"] = "enabled",
        }).Concat(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlagSettings:defaultTimeout"] = timeout,
            ["ActionTracing:featureFlagSettings:storePollInterval"] = poll,
        })).Build());
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite(Database));
    }

    /// <summary>A durable store that counts how often everything is read, and may keep its answer.</summary>
    private sealed class Counted(IActionTracingStore inner) : IActionTracingStore, IStateStore
    {
        private int _firstReads;

        public int FirstReads => _firstReads;

        public TaskCompletionSource? Answer { get; init; }

        public IStateStore State => this;

        public IUnitStore Units => inner.Units;

        public IEvaluationStore Evaluations => inner.Evaluations;

        public bool IsDurable => true;

        public async Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken)
        {
            if (prefix == FlagRecords.KeyPrefix && since == 0)
                Interlocked.Increment(ref _firstReads);
            if (Answer is not null)
                await Answer.Task;
            return await inner.State.ReadAsync(prefix, since, cancellationToken);
        }

        public Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken) => inner.State.CommitAsync(commit, cancellationToken);

        public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken) => inner.State.ReadAuditAsync(query, cancellationToken);

        public Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken) => inner.State.ReadAuditBoundsAsync(cancellationToken);

        public Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken) => inner.State.CutAuditAsync(before, cancellationToken);
    }
}
