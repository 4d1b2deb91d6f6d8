using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Auditing;

/// <summary>The upkeep of an audit in a real file.</summary>
public sealed class AuditUpkeepTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task OldEntries_ThatCannotBeDeleted_DoNotSilenceTheHeadOfTheChain()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        string database = $"Data Source={_directory.File("audit.db")};Pooling=false";
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:f:type"] = "boolean",
            ["ActionTracing:featureFlags:f:state"] = "disabled",
            ["ActionTracing:featureFlagSettings:auditRetention"] = "00:01:00",
        });
        builder.Logging.AddFakeLogging();
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite(database));
        using IHost host = builder.Build();
        await host.StartAsync();
        var flags = host.Services.GetRequiredService<IFeatureFlagManager>();
        await flags.EmergencyShutdownAsync("f", new FlagChange("ann", "test"));
        Eventually.True(() => flags.GetFlag("f")!.IsStored, () => "Not so: the emergency is stored.");
        using (var connection = new SqliteConnection(database))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE TRIGGER keep BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'kept'); END";
            command.ExecuteNonQuery();
        }

        time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(1));

        FakeLogCollector logs = host.Services.GetFakeLogCollector();
        Eventually.True(() => logs.GetSnapshot().Any(log => log.Id.Id == 262), () => "Not so: the log has the head of the chain.");
        // The start may have reported a head too, before anything was to be removed.
        Eventually.True(
            () => logs.GetSnapshot().Any(log => log.Message.Contains("kept", StringComparison.Ordinal) || log.Exception?.Message.Contains("kept", StringComparison.Ordinal) == true),
            () => "Not so: the log has why old entries stay.");
        await host.StopAsync();
    }

    [Theory]
    [InlineData(null, 3, "1; the last is 3")]
    [InlineData(1, 2, "2; the last is 3")]
    [InlineData(10, 3, "1; the last is 3")]
    public async Task Hour_WithRetention_RemovesWhatIsOlderAndLogsTheHead(int? retentionHours, int kept, string logged)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        var store = new InMemoryStore();
        for (int hour = 0; hour < 3; hour++)
        {
            var entry = new AuditEntry
            {
                At = time.GetUtcNow(),
                Action = "updated",
                Actor = "ann",
                Instance = "node",
                Source = ChangeSource.Code,
            };
            await store.State.CommitAsync(new StoreCommit([], [entry]), default);
            time.Advance(TimeSpan.FromMinutes(40));
        }
        using var services = new FlagServices(
            [Flag.On("flag")],
            before: added => added.AddSingleton<IActionTracingStore>(store).AddSingleton<TimeProvider>(time));
        TimeSpan? retention = retentionHours is { } hours ? TimeSpan.FromHours(hours) + TimeSpan.FromMinutes(20) : null;
        services.Flags.Set([Flag.On("flag")], services.Flags.Catalog.Settings with { AuditRetention = retention });
        AuditUpkeep upkeep = services.Provider.GetServices<IHostedService>().OfType<AuditUpkeep>().Single();
        await upkeep.StartAsync(default);
        Eventually.True(() => services.Warnings(EventIds.AuditHead).Any(), () => "Not so: the head is logged.");
        await upkeep.StopAsync(default);

        IReadOnlyList<AuditEntry> entries = await store.State.ReadAuditAsync(new AuditQuery(), default);
        Assert.Equal(kept, entries.Count);
        Assert.Equal($"The audit begins with entry {logged} with hash {entries[0].Hash}.", services.Warnings(EventIds.AuditHead).First());
        Assert.Empty(services.Warnings(EventIds.AuditUpkeepFailed));
    }
}
