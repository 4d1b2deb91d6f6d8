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
}
