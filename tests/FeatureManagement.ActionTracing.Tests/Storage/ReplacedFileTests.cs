using FeatureManagement.ActionTracing.Changes.Exchange;
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

/// <summary>The store's file changes under a running host. A kill is never reported as stored where a fresh open would not find it, and stays in force until it is stored.</summary>
[Trait("Speed", "Slow")]
public sealed class ReplacedFileTests : IDisposable
{
    private static readonly FlagChange Change = new("ann", "because");
    private static readonly string[] Flags = ["f0", "f1", "f2", "f3"];

    private readonly TempDirectory _directory = new();

    private string Database => _directory.File("store.db");

    private string Copy => _directory.File("copy.db");

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, bool> Changes()
    {
        var data = new TheoryData<string, bool>();
        foreach (string change in new[] { nameof(ReplaceAll), nameof(ReplaceDatabase), nameof(DeleteLog), nameof(DeleteLogAndMemory), nameof(DeleteMemory), nameof(EmptyLog) })
        {
            data.Add(change, false);
            data.Add(change, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task FilesChange_KillsAreStoredInTheFileThatIsThereOrSaidNotToBe(string change, bool polled)
    {
        using (IHost host = await StartAsync())
        {
            await KillAsync(host, "f0"); // before the copy, and in it
            MakeCopy();
            await KillAsync(host, "f1"); // not in the copy
            Do(change);
            if (polled)
                await PollAsync(host);
            await KillAsync(host, "f1"); // in force already: that the store has it is still checked
            await KillAsync(host, "f2");
            Assert.All(["f0", "f1", "f2"], flag => Assert.False(Manager(host).IsEnabled(flag)));
            await Eventually.EqualAsync("f0 f1 f2", () => Task.FromResult(string.Join(' ', Found())));
            Eventually.True(() => Report(host) is { OutboxChanges: 0, Error: null, Forgotten.Count: 0 }, () => $"{Report(host)}");
            FlagStatus updated = await Manager(host).UpdateFlagAsync("f3", new FlagUpdate { Percentage = 5 }, Change); // other flags can be changed
            Assert.True(updated.IsStored);
            await host.StopAsync();
        }
        using IHost restarted = await StartAsync();
        Assert.Equal([false, false, false, true], Flags.Select(flag => Manager(restarted).IsEnabled(flag)));
        await restarted.StopAsync();
    }

    [Fact]
    public async Task FileReplacedSinceTheLastPoll_HostStops_TheEmergencyIsStoredInTheNewOne()
    {
        using (IHost host = await StartAsync(poll: "01:00:00"))
        {
            MakeCopy();
            Assert.True((await Manager(host).EmergencyShutdownAsync("f0", Change)).IsStored);
            ReplaceAll();
            await host.StopAsync();
        }
        using IHost restarted = await StartAsync();
        Assert.False(Manager(restarted).IsEnabled("f0"));
        await restarted.StopAsync();
    }

    [Fact]
    public async Task CheckpointAndVacuumByAnotherConnection_AreNoChange()
    {
        using IHost host = await StartAsync(poll: "01:00:00");
        await KillAsync(host, "f0");
        using var other = new SqliteConnection($"Data Source={Database};Pooling=false");
        other.Open();
        SqliteFile.Execute(other, "PRAGMA busy_timeout = 30000; CREATE TABLE large AS SELECT zeroblob(1000000) AS bytes; PRAGMA wal_checkpoint(TRUNCATE);");
        Assert.Equal(0, new FileInfo(Database + "-wal").Length);
        Assert.True((await Manager(host).UpdateFlagAsync("f3", new FlagUpdate { Percentage = 5 }, Change)).IsStored);
        long length = new FileInfo(Database).Length;
        SqliteFile.Execute(other, "DROP TABLE large; VACUUM; PRAGMA wal_checkpoint(TRUNCATE);");
        Assert.True(new FileInfo(Database).Length < length);
        await PollAsync(host);
        Assert.True((await Manager(host).EmergencyShutdownAsync("f1", Change)).IsStored);
        Assert.Equal(["f0", "f1"], Found());
        Assert.DoesNotContain(host.Services.GetFakeLogCollector().GetSnapshot(), record => record.Id.Id == 210);
        await host.StopAsync();
    }

    [Fact]
    public async Task LogWithoutItsDatabase_IsKeptAndSaid()
    {
        File.WriteAllText(Database + "-wal", "changes of a file that is gone");
        using IHost host = await StartAsync();
        string said = Assert.Single(host.Services.GetFakeLogCollector().GetSnapshot(), record => record.Id.Id == 213).Message;
        string aside = Assert.Single(Directory.GetFiles(_directory.Path, "*.old"));
        Assert.Contains($"kept as '{aside}'", said, StringComparison.Ordinal);
        Assert.Equal("changes of a file that is gone", File.ReadAllText(aside));
        await host.StopAsync();
    }

    [Fact]
    public void FileMark_OfAFileThatGotTheNumberOfADeletedOne_IsAnother()
    {
        if (!OperatingSystem.IsLinux())
            return; // files have no mark
        File.WriteAllText(Copy, "");
        FileMark? first = FileMark.Of(Copy);
        // The clock of a file system is coarse.
        Eventually.True(
            () =>
            {
                File.Delete(Copy);
                File.WriteAllText(Copy, "");
                return FileMark.Of(Copy) != first;
            },
            () => $"still {first}");
    }

    [Fact]
    public async Task FileEmptied_IsAFaultUntilACopyIsPutBack()
    {
        using IHost host = await StartAsync();
        await KillAsync(host, "f0");
        MakeCopy();
        await KillAsync(host, "f1");
        using (var file = new FileStream(Database, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(0);
        Assert.False((await Manager(host).EmergencyShutdownAsync("f2", Change)).IsStored);
        Eventually.True(() => Report(host).Error?.Contains($"the file '{Database}' is empty, so its content is lost", StringComparison.Ordinal) == true, () => $"{Report(host)}");
        Assert.Equal(0, new FileInfo(Database).Length); // nothing was made of it
        File.Move(Copy, Database, overwrite: true);
        await Eventually.EqualAsync("f0 f1 f2", () => Task.FromResult(string.Join(' ', Found())));
        Eventually.True(() => Report(host) is { OutboxChanges: 0, Error: null }, () => $"{Report(host)}");
        await host.StopAsync();
    }

    [Fact]
    public async Task FileDeletedSoonAfterTheStart_IsNotMadeAgain()
    {
        using IHost host = await StartAsync();
        DeleteAll();
        // Every connection has its turn: those of experiments and evaluations are opened late.
        await Assert.ThrowsAsync<StoreException>(() => host.Services.GetRequiredService<IExperimentResults>().GetAsync("f0"));
        await Assert.ThrowsAsync<StoreException>(() => host.Services.GetRequiredService<IEvaluationAudit>().QueryAsync(new EvaluationAuditQuery()));
        Assert.False((await Manager(host).EmergencyShutdownAsync("f0", Change)).IsStored);
        Assert.False(File.Exists(Database));
        Assert.Contains("is missing; restore it", Report(host).Error, StringComparison.Ordinal);
        await host.StopAsync();
    }

    [Fact]
    public async Task FileDeletedAndMadeByAnotherProcess_EmergenciesOfThisOneAreStoredThere()
    {
        using IHost host = await StartAsync();
        await KillAsync(host, "f0");
        DeleteAll();
        using var other = new HostProcess("operate", Database, "");
        Assert.Equal("ready", await other.ReadAsync());
        Assert.Equal("stored", await other.AskAsync("kill f1"));
        await Eventually.EqualAsync("f0 f1", () => Task.FromResult(string.Join(' ', Found())));
        Assert.False(Manager(host).IsEnabled("f0"));
        Eventually.True(() => !Manager(host).IsEnabled("f1"), () => "the kill of the other instance is not seen");
        await Eventually.EqualAsync("off", async () => (await other.AskAsync("f0"))!);
        Eventually.True(() => Report(host) is { OutboxChanges: 0, Forgotten.Count: 0, Error: null }, () => $"{Report(host)}");
        Assert.Contains(host.Services.GetFakeLogCollector().GetSnapshot(), record => record.Id.Id == 212);
        await other.StopAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task FileReadOnlyAtTheStart_IsWrittenOnceItIsWritable()
    {
        using var user = new OtherUser();
        string database = Path.Combine(user.Directory, "store.db");
        using (var before = HostProcess.As(user, "operate", database, ""))
        {
            Assert.Equal("ready", await before.ReadAsync());
            Assert.Equal("stored", await before.AskAsync("kill f0"));
            await before.StopAsync();
        }
        OtherUser.Run("chmod", "444", database);
        using var process = HostProcess.As(user, "operate", database, "");
        Assert.Equal("ready", await process.ReadAsync());
        Assert.Equal("off", await process.AskAsync("f0"));
        Assert.Equal("not stored", await process.AskAsync("kill f1"));
        Assert.Contains($"the file '{database}' is read-only for user ", await process.AskAsync("report"), StringComparison.Ordinal);
        OtherUser.Run("chmod", "644", database);
        await Eventually.EqualAsync("0|True|", async () => (await process.AskAsync("report"))!);
        Assert.Equal(["f0", "f1"], Found(database));
        await process.StopAsync();
    }

    [Fact]
    public async Task FileEmptyAtTheStart_IsRefusedAndSaid()
    {
        File.WriteAllBytes(Database, []);
        using IHost host = await StartAsync();
        Assert.False(Report(host).IsLoaded);
        Assert.Contains($"the file '{Database}' is empty, so its content is lost; restore a copy, or delete the file to begin without stored state", Report(host).Error, StringComparison.Ordinal);
        Assert.Single(host.Services.GetFakeLogCollector().GetSnapshot(), record => record.Id.Id == 207);
        Assert.False((await Manager(host).EmergencyShutdownAsync("f0", Change)).IsStored);
        File.Delete(Database);
        await Eventually.EqualAsync("f0", () => Task.FromResult(string.Join(' ', Found())));
        await host.StopAsync();
    }

    [Fact]
    public async Task NewFiles_CanBeReadByTheirUserOnly()
    {
        if (OperatingSystem.IsWindows())
            return; // files have no mode
        using IHost host = await StartAsync();
        await KillAsync(host, "f0");
        foreach (string file in new[] { Database, Database + "-wal", Database + "-shm" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(3, Directory.GetFiles(_directory.Path).Length);
        await host.StopAsync();
    }

    private async Task KillAsync(IHost host, string flag)
    {
        EmergencyResult result = await Manager(host).EmergencyShutdownAsync(flag, Change);
        if (result.IsStored)
            Assert.Contains(flag, Found());
    }

    /// <summary>The flags whose emergency a fresh open of a copy of the files finds: the files themselves are left to the process under test.</summary>
    private string[] Found(string? database = null)
    {
        using var copy = new TempDirectory();
        foreach (string suffix in new[] { "", "-wal" })
            if (File.Exists((database ?? Database) + suffix))
                OtherUser.Run("cp", (database ?? Database) + suffix, copy.File("store.db" + suffix)); // not by this process, whose locks would go when it closes the file
        using var connection = new SqliteConnection($"Data Source={copy.File("store.db")};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT lower(substr(key, 6)) FROM document WHERE key GLOB 'flag/*' AND json LIKE '%\"emergency\":{%' ORDER BY key";
        var found = new List<string>();
        try
        {
            using SqliteDataReader row = command.ExecuteReader();
            while (row.Read())
                found.Add(row.GetString(0));
        }
        catch (SqliteException) when (database is null)
        {
            // Copied while it was written, or empty: nothing is found.
        }
        return [.. found];
    }

    private void Do(string change)
    {
        Action action = change switch
        {
            nameof(ReplaceAll) => ReplaceAll,
            nameof(ReplaceDatabase) => ReplaceDatabase,
            nameof(DeleteLog) => DeleteLog,
            nameof(DeleteLogAndMemory) => DeleteLogAndMemory,
            nameof(DeleteMemory) => DeleteMemory,
            _ => EmptyLog,
        };
        action();
    }

    private void ReplaceAll()
    {
        File.Move(Copy, Database, overwrite: true);
        DeleteLogAndMemory();
    }

    private void ReplaceDatabase()
    {
        File.Delete(Database);
        File.Copy(Copy, Database);
    }

    private void DeleteAll()
    {
        File.Delete(Database);
        DeleteLogAndMemory();
    }

    private void DeleteLogAndMemory()
    {
        DeleteLog();
        DeleteMemory();
    }

    private void DeleteLog() => File.Delete(Database + "-wal");

    private void DeleteMemory() => File.Delete(Database + "-shm");

    private void EmptyLog()
    {
        using var file = new FileStream(Database + "-wal", FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
    }

    private void MakeCopy()
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $copy";
        command.Parameters.AddWithValue("$copy", Copy);
        command.ExecuteNonQuery();
    }

    private static Task PollAsync(IHost host) => host.Services.GetRequiredService<StoreSynchronizer>().SyncAsync(default) is var sync
        ? sync.ContinueWith(_ => { }, TaskScheduler.Default) // what it meets is reported
        : Task.CompletedTask;

    private async Task<IHost> StartAsync(string poll = "200")
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration.AddInMemoryCollection(Flags.SelectMany(flag => new Dictionary<string, string?>
        {
            [$"ActionTracing:featureFlags:{flag}:type"] = "boolean",
            [$"ActionTracing:featureFlags:{flag}:state"] = "enabled",
        }).Concat(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlagSettings:defaultTimeout"] = "00:00:10",
            ["ActionTracing:featureFlagSettings:storePollInterval"] = poll,
        }));
        builder.Logging.AddFakeLogging();
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite(Database));
        IHost host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static IFeatureFlagManager Manager(IHost host) => host.Services.GetRequiredService<IFeatureFlagManager>();

    private static StoreReport Report(IHost host) => host.Services.GetRequiredService<IActionTracingStoreStatus>().Current;
}
