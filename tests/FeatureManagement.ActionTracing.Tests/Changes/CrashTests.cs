using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Changes;

[Trait("Speed", "Slow")]
public sealed class CrashTests : IDisposable
{
    private const int Kills = 50;
    private static readonly string[] Flags = ["f0", "f1", "f2", "f3"];

    private readonly TempDirectory _directory = new();

    private string Path => _directory.File("store.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Kill_AtAnyMoment_LosesNothingThatWasAcknowledgedAndLeavesNothingHalfDone()
    {
        var random = new Random(20260102);
        var acknowledged = new List<(long Version, string Flag, string State, decimal Percentage)>();
        for (int kill = 0; kill < Kills; kill++)
        {
            using (var process = new HostProcess("change", Path, $"{kill}"))
            {
                Assert.Equal("ready", await process.ReadAsync());
                for (int acknowledgements = random.Next(12); acknowledgements > 0; acknowledgements--)
                    acknowledged.Add(Parse(await process.ReadAsync()));
                long start = Stopwatch.GetTimestamp();
                long moment = random.Next(6_000);
                while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < moment)
                    Thread.SpinWait(10);
                acknowledged.AddRange((await process.KillAsync()).Select(Parse));
            }
            await CheckAsync(acknowledged, kill);
        }
        Assert.True(acknowledged.Count > Kills, $"only {acknowledged.Count} changes were acknowledged");
    }

    [Fact]
    public async Task Update_ByEightWritersInFourProcesses_LosesNone()
    {
        const int Processes = 4;
        const int Times = 20; // by each of two writers
        HostProcess[] processes = [.. Enumerable.Range(0, Processes).Select(_ => new HostProcess("count", Path, $"{Times}"))];
        try
        {
            foreach (HostProcess process in processes)
                Assert.Equal("ready", await process.ReadAsync());
            foreach (HostProcess process in processes)
                process.Write("go");
            int conflicts = 0;
            foreach (HostProcess process in processes)
                conflicts += int.Parse((await process.ReadAsync())!, CultureInfo.InvariantCulture);
            Assert.True(conflicts > 0, "no instance ever met a conflict");
        }
        finally
        {
            foreach (HostProcess process in processes)
                process.Dispose();
        }

        using var store = new SqliteStore(new SqliteFile(Path, null));
        using FlagServices services = await StartAsync(store);
        Assert.Equal(Processes * 2 * Times * 0.001m, services.Manager.GetFlag("f0")!.Definition.Percentage);
        IReadOnlyList<AuditEntry> audit = await services.Get<IAuditLog>().QueryAsync(new AuditQuery { OldestFirst = true, Take = 1_000 });
        Assert.Equal(Processes * 2 * Times, audit.Count);
        Assert.Equal(audit.Select(entry => entry.Version).Order(), audit.Select(entry => entry.Version));
        Assert.Equal(Processes, audit.Select(entry => entry.Instance).Distinct().Count());
        Assert.True((await services.Get<IAuditLog>().VerifyAsync()).IsValid);
    }

    [Fact]
    public async Task Emergency_InOneProcess_ActsInAnotherWithinTwoSeconds()
    {
        using var watching = new HostProcess("watch", Path, "f1");
        Assert.StartsWith("on|", await watching.ReadAsync(), StringComparison.Ordinal);
        using var killing = new HostProcess("kill", Path, "f1");
        Assert.Equal("ready", await killing.ReadAsync());
        // What both processes do for the first time takes long, so that the first kill is not timed.
        foreach ((string expected, bool timed) in new[] { ("off", false), ("on", false), ("off", true) })
        {
            killing.Write("go");
            long stored = long.Parse((await killing.ReadAsync())!, CultureInfo.InvariantCulture);
            string[] seen = (await watching.ReadAsync())!.Split('|');
            Assert.Equal(expected, seen[0]);
            // Both read the same clock, so that the time that this test takes to read it does not count.
            if (timed)
                Assert.True(long.Parse(seen[1], CultureInfo.InvariantCulture) - stored <= 2_000, $"stored at {stored} ms, seen at {seen[1]} ms");
        }
    }

    private async Task CheckAsync(List<(long Version, string Flag, string State, decimal Percentage)> acknowledged, int kill)
    {
        using var store = new SqliteStore(new SqliteFile(Path, null));
        using FlagServices services = await StartAsync(store);
        Assert.True((await services.Get<IAuditLog>().VerifyAsync()).IsValid);
        var audit = new List<AuditEntry>();
        while (await services.Get<IAuditLog>().QueryAsync(new AuditQuery { After = audit.Count, OldestFirst = true, Take = 1_000 }) is { Count: > 0 } page)
            audit.AddRange(page);
        ILookup<(long, string?), AuditEntry> byVersion = audit.ToLookup(entry => (entry.Version, entry.Flag));
        foreach ((long version, string flag, string state, decimal percentage) in acknowledged)
        {
            // An emergency of a flag that is in emergency acknowledges what is there already.
            AuditEntry entry = Assert.Single(byVersion[(version, flag)]);
            Assert.Equal((state, percentage), Values(entry));
        }
        foreach (string flag in Flags)
        {
            FlagStatus status = services.Manager.GetFlag(flag)!;
            AuditEntry? last = audit.LastOrDefault(entry => entry.Flag == flag);
            Assert.True(last?.Version == status.Version || (last is null && status.Version == 0), $"after kill {kill}, {flag} is at version {status.Version}, its last entry at {last?.Version}");
            if (last is not null)
                Assert.Equal(Values(last), ($"{status.Definition.State}", status.Definition.Percentage));
        }
    }

    private static (string, decimal) Values(AuditEntry entry)
    {
        using JsonDocument after = JsonDocument.Parse(entry.After!);
        Assert.True(FlagSpelling.TryRead(after.RootElement.GetProperty("state").GetString(), out FlagState state));
        return ($"{state}", after.RootElement.GetProperty("percentage").GetDecimal());
    }

    private static (long, string, string, decimal) Parse(string? line)
    {
        string[] parts = line!.Split('|');
        return (long.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], parts[2], decimal.Parse(parts[3], CultureInfo.InvariantCulture));
    }

    private static async Task<FlagServices> StartAsync(SqliteStore store)
    {
        var services = new FlagServices(Flags.Select(Flag.On), before: collection => collection.AddSingleton<IActionTracingStore>(store));
        await services.Get<StoreSynchronizer>().SyncAsync(default);
        return services;
    }
}
