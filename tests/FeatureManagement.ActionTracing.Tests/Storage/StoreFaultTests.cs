using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>A real host over a real file that fails: evaluations and kills go on, it is said what is wrong, and once it is repaired everything is written in order.</summary>
[Trait("Speed", "Slow")]
public sealed class StoreFaultTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");

    private readonly Volume _volume = new();

    public void Dispose() => _volume.Dispose();

    [Fact]
    public Task LockedByAnotherProcess_WhileRunning()
    {
        HostProcess? locking = null;
        return WhileRunning(
            async () =>
            {
                locking = new HostProcess("lock", _volume.Database, "");
                Assert.Equal("locked", await locking.ReadAsync());
            },
            async () =>
            {
                await locking!.KillAsync();
                locking.Dispose();
            },
            "the file is locked by another process");
    }

    [Fact]
    public Task DiskFull_WhileRunning() => WhileRunning(Sync(_volume.Fill), Sync(_volume.Empty), "full");

    [Fact]
    public Task FileVanished_WhileRunning() => WhileRunning(
        Sync(() =>
        {
            Checkpoint();
            File.Move(_volume.Database, _volume.Database + ".away");
        }),
        Sync(() => File.Move(_volume.Database + ".away", _volume.Database)),
        "is missing; restore it");

    [Fact]
    public Task ReadOnly_AtStart() => AtStart(_volume.MakeReadOnly, _volume.MakeWritable);

    [Fact]
    public Task Corrupted_AtStart()
    {
        byte[] good = [];
        return AtStart(
            () =>
            {
                good = File.ReadAllBytes(_volume.Database);
                File.WriteAllBytes(_volume.Database, new byte[good.Length].Select((_, i) => (byte)i).ToArray());
            },
            () => File.WriteAllBytes(_volume.Database, good),
            "file is not a database");
    }

    [Fact]
    public Task LockedWhole_AtStart()
    {
        SqliteConnection? other = null;
        return AtStart(
            () =>
            {
                other = new SqliteConnection($"Data Source={_volume.Database};Pooling=false");
                other.Open();
                SqliteFile.Execute(other, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
            },
            () => other!.Dispose(),
            "locked");
    }

    [Fact]
    public async Task DirectoryMissing_AtStart_IsMendedByMakingIt()
    {
        string directory = Path.Combine(Path.GetDirectoryName(_volume.Database)!, "later");
        using IHost host = await StartAsync(Path.Combine(directory, "store.db"));
        Assert.False((await Manager(host).EmergencyShutdownAsync("a", Change)).IsStored);
        Assert.Contains("does not exist; create it or name another", Report(host).Error, StringComparison.Ordinal);
        Directory.CreateDirectory(directory);
        await RecoveredAsync(host, "emergency a");
    }

    [Fact]
    public async Task FileSystemReadOnlyAndNoFileYet_AtStart_IsSaidWithTheFix()
    {
        if (!_volume.IsMounted)
            return; // a directory in its place cannot be made so
        _volume.MakeReadOnly();
        using IHost host = await StartAsync(_volume.Database);
        Assert.Equal($"The store failed: the file system of '{_volume.Database}' is read-only; mount it writable, or name a file on another one.", Report(host).Error);
        _volume.MakeWritable();
        Eventually.True(() => Report(host) is { Error: null, IsLoaded: true }, () => $"{Report(host)}");
        await host.StopAsync();
    }

    [Fact]
    public async Task PathIsADirectory_AtStart_IsSaidWithTheFix()
    {
        Directory.CreateDirectory(_volume.Database);
        using IHost host = await StartAsync(_volume.Database);
        Assert.Equal($"The store failed: '{_volume.Database}' is a directory; name a file in it.", Report(host).Error);
        await host.StopAsync();
    }

    private async Task WhileRunning(Func<Task> fail, Func<Task> repair, string cause)
    {
        using (IHost host = await StartAsync(_volume.Database))
        {
            await Manager(host).UpdateFlagAsync("partial", new FlagUpdate { Percentage = 50 }, Change);
            await fail();
            await KillBothAsync(host, cause);
            Eventually.True(() => Logged(host, 230).Length > 0, () => "nothing logged");
            // The kills in the outbox are tried again at each poll, and the polls read: neither says that all is well, nor the same thing twice.
            Assert.True(Report(host) is { OutboxChanges: 2, FailingSince: not null, IsLoaded: true });
            Assert.Empty(Logged(host, 231));
            Assert.Contains(cause, Assert.Single(Logged(host, 230)), StringComparison.Ordinal);
            await repair();
            await RecoveredAsync(host, "updated partial", "emergency a", "emergency b");
        }
        await RestartedAsync();
    }

    private async Task AtStart(Action fail, Action repair, string? cause = null)
    {
        using (IHost before = await StartAsync(_volume.Database))
        {
            await Manager(before).UpdateFlagAsync("partial", new FlagUpdate { Percentage = 50 }, Change);
            await Manager(before).EmergencyShutdownAsync("killed before", Change);
            await before.StopAsync();
        }
        fail();
        using (IHost host = await StartAsync(_volume.Database))
        {
            if (!Report(host).IsLoaded) // a read-only file that SQLite can read is loaded
            {
                Assert.True(Manager(host).IsEnabled("killed before")); // and that is why it is said:
                Assert.Contains("stored emergencies are not known yet", Assert.Single(Logged(host, 207)), StringComparison.Ordinal);
            }
            await KillBothAsync(host, cause ?? "");
            repair();
            await RecoveredAsync(host, "updated partial", "emergency killed before", "emergency a", "emergency b");
            Assert.False(Manager(host).IsEnabled("killed before"));
        }
        await RestartedAsync();
    }

    private static async Task KillBothAsync(IHost host, string cause)
    {
        foreach (string flag in new[] { "a", "b" })
        {
            Assert.True(Manager(host).IsEnabled(flag));
            Task<EmergencyResult> kill = Manager(host).EmergencyShutdownAsync(flag, Change);
            Assert.False(Manager(host).IsEnabled(flag)); // at once
            Assert.False((await kill).IsStored);
        }
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => Manager(host).UpdateFlagAsync("partial", new FlagUpdate { Percentage = 60 }, Change));
        Assert.Equal(FlagChangeError.StoreUnavailable, refused.Error);
        Assert.True(Manager(host).IsEnabled("on"));
        Assert.Contains(cause, Report(host).Error, StringComparison.Ordinal);
        Assert.Equal(2, Report(host).OutboxChanges);
    }

    private static async Task RecoveredAsync(IHost host, params string[] audit)
    {
        Eventually.True(() => Report(host) is { OutboxChanges: 0, Error: null, IsLoaded: true }, () => $"{Report(host)}");
        Assert.NotEmpty(Logged(host, 231));
        var log = host.Services.GetRequiredService<IAuditLog>();
        Assert.Equal(audit, (await log.QueryAsync(new AuditQuery { OldestFirst = true })).Select(entry => $"{entry.Action} {entry.Flag}"));
        Assert.True((await log.VerifyAsync()).IsValid);
        await host.StopAsync();
    }

    private async Task RestartedAsync()
    {
        using IHost host = await StartAsync(_volume.Database);
        Assert.False(Manager(host).IsEnabled("a") || Manager(host).IsEnabled("b"));
        Assert.Equal(50, Manager(host).GetFlag("partial")!.Definition.Percentage);
        await host.StopAsync();
    }

    private static async Task<IHost> StartAsync(string database)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(new[] { "a", "b", "on", "killed before" }.SelectMany(flag => new Dictionary<string, string?>
        {
            [$"ActionTracing:featureFlags:{flag}:type"] = "boolean",
            [$"ActionTracing:featureFlags:{flag}:state"] = "enabled",
        }).Concat(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:partial:type"] = "percentage",
            ["ActionTracing:featureFlags:partial:state"] = "rollout",
            ["ActionTracing:featureFlags:partial:percentage"] = "10",
            // A store that waits for a lock says so after seven tenths of it; what is left must be enough on a machine that is busy with other tests.
            ["ActionTracing:featureFlagSettings:defaultTimeout"] = "00:00:10",
            ["ActionTracing:featureFlagSettings:storePollInterval"] = "200",
        }));
        builder.Logging.AddFakeLogging();
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite(database));
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private void Checkpoint()
    {
        using var connection = new SqliteConnection($"Data Source={_volume.Database};Pooling=false");
        connection.Open();
        SqliteFile.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private static Func<Task> Sync(Action action) => () =>
    {
        action();
        return Task.CompletedTask;
    };

    private static IFeatureFlagManager Manager(IHost host) => host.Services.GetRequiredService<IFeatureFlagManager>();

    private static StoreReport Report(IHost host) => host.Services.GetRequiredService<IActionTracingStoreStatus>().Current;

    private static string[] Logged(IHost host, int id) =>
        [.. host.Services.GetFakeLogCollector().GetSnapshot().Where(record => record.Id.Id == id).Select(record => record.Message)];
}
