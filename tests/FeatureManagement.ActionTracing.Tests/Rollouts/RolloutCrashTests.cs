using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.CrashHost;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>Rollouts in processes of their own, over one SQLite file, in real time.</summary>
[Trait("Speed", "Slow")]
public sealed class RolloutCrashTests : IDisposable
{
    private const int Kills = 50;
    private const int Never = int.MaxValue;

    private readonly TempDirectory _directory = new();

    private string Path => _directory.File("store.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Kill_AtAnyMoment_GoesOnOrIsRolledBack_AndNeverJumpsOrRunsTwice()
    {
        var random = new Random(20260103);
        var durations = new List<int> { 600 };
        for (int kill = 0; kill < Kills; kill++)
        {
            var said = new HashSet<string>();
            using (var process = new HostProcess("rollout", Path, $"{durations[^1]}|{(kill > Kills / 2 && kill % 5 == 4 ? random.Next(3) : Never)}"))
            {
                Assert.Equal("ready", await process.ReadAsync());
                // One in five dies at once; the others after they have moved, which they all do sooner or later.
                // One goes through however slow the machine is, and some are found bad.
                bool waits = kill == Kills / 2 || (kill > Kills / 2 && kill % 10 == 9);
                for (int lines = waits || random.Next(5) == 0 ? 0 : 2; lines > 0; lines--)
                    said.Add((await process.ReadAsync())!);
                // What is nearly complete may be so before it is found bad.
                if (waits)
                    await UntilAsync(process, kill == Kills / 2 ? ["Enabled|"] : ["Disabled|", "Enabled|"]);
                long start = Stopwatch.GetTimestamp();
                long moment = random.Next(150_000);
                while (Stopwatch.GetElapsedTime(start).TotalMicroseconds < moment)
                    Thread.SpinWait(10);
                said.UnionWith(await process.KillAsync());
            }
            Trail trail = await ReadAsync(durations);
            // A step was stored before it was in force: what was said is there.
            Assert.Subset(trail.Values.ToHashSet(), said);
            if (trail.Active is null)
                durations.Add(600 + durations.Count);
        }
        Trail end = await ReadAsync(durations);
        Assert.True(end.Completed > 0 && end.RolledBack > 0 && end.Steps > Kills, $"{end.Completed} were completed, {end.RolledBack} rolled back, and {end.Steps} steps taken");
    }

    [Fact]
    public async Task TwoProcesses_TakeEachStepOnceAndCreditTimeOnce_AndARollbackByOneActsInTheOther()
    {
        const int Duration = 1_500;
        const int Long = 60_000; // so that the one that finds it bad has checked often enough before it is complete
        using (var one = new HostProcess("rollout", Path, $"{Duration}|{Never}"))
        using (var two = new HostProcess("rollout", Path, $"{Duration}|{Never}"))
        {
            await UntilAsync(one, "Enabled|");
            await UntilAsync(two, "Enabled|");
        }
        Trail trail = await ReadAsync([Duration]);
        Assert.Equal((1, 0, (string?)null), (trail.Completed, trail.RolledBack, trail.Active));
        // Had both counted their monitored time, it would have taken half as long.
        Assert.True(trail.Took >= TimeSpan.FromMilliseconds(Duration), $"{Duration} ms were monitored within {trail.Took}");
        Assert.True(trail.Instances > 1, "One process did everything.");

        using (var bad = new HostProcess("rollout", Path, $"{Long}|30"))
        using (var other = new HostProcess("rollout", Path, $"{Long}|{Never}"))
        {
            await UntilAsync(other, "Rollout|");
            await UntilAsync(other, "Disabled|");
        }
        Assert.Equal(1, (await ReadAsync([Duration, Long])).RolledBack);
    }

    private static async Task UntilAsync(HostProcess process, params string[] beginnings)
    {
        while (await process.ReadAsync() is { } line)
            if (beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)))
                return;
        Assert.Fail($"The process ended before it said '{string.Join("' or '", beginnings)}'.");
    }

    /// <summary>Reads the audit, which must be the trail of one rollout after the other, and the record, which must be where the trail ends.</summary>
    private async Task<Trail> ReadAsync(List<int> durations)
    {
        using var store = new SqliteStore(new SqliteFile(Path, null));
        using var services = new FlagServices([Flag.Percentage(RolloutWork.Flag, 0) with { State = FlagState.Disabled }], before: collection => collection.AddSingleton<IActionTracingStore>(store));
        await services.Get<StoreSynchronizer>().SyncAsync(default);
        var audit = services.Get<IAuditLog>();
        Assert.True((await audit.VerifyAsync()).IsValid);
        var entries = new List<AuditEntry>();
        while (await audit.QueryAsync(new AuditQuery { After = entries.Count, OldestFirst = true, Take = 1_000 }) is { Count: > 0 } page)
            entries.AddRange(page);

        var trail = new Trail();
        foreach (AuditEntry entry in entries)
        {
            (string value, decimal percentage) = Value(entry.After!);
            trail.Values.Add(value);
            trail.Instances = entries.Select(each => each.Instance).Distinct().Count();
            switch (entry.Action)
            {
                case "rollout_started":
                    Assert.Null(trail.Active);
                    Assert.True(++trail.Started <= durations.Count, "A rollout was started twice.");
                    (trail.Active, trail.Percentage, trail.Since) = (value, percentage, entry.At);
                    Assert.Equal("Rollout|1", value);
                    break;
                case "rollout_step":
                    Assert.NotNull(trail.Active);
                    // The monitored time between two steps, and two checks more where the process was killed between checking and stepping.
                    decimal most = 99m / durations[trail.Started - 1] * (RolloutWork.ProgressionInterval + 4 * RolloutWork.SafetyInterval);
                    Assert.InRange(percentage - trail.Percentage, 0.0001m, most);
                    (trail.Active, trail.Percentage) = (value, percentage);
                    trail.Steps++;
                    break;
                case "rollout_completed":
                    Assert.NotNull(trail.Active);
                    trail.Took = entry.At - trail.Since;
                    (trail.Active, trail.Ended) = (null, RolloutPhase.Complete);
                    trail.Completed++;
                    break;
                case "rollout_rolled_back":
                    Assert.NotNull(trail.Active);
                    (trail.Active, trail.Ended) = (null, RolloutPhase.RolledBack);
                    trail.RolledBack++;
                    break;
                case "reset":
                    Assert.Null(trail.Active);
                    break;
                default:
                    Assert.Fail($"Nobody did '{entry.Action}'.");
                    break;
            }
        }
        FlagDefinition now = services.Manager.GetFlag(RolloutWork.Flag)!.Definition;
        FlagRecord record = services.Get<SnapshotSource>().Layer(RolloutWork.Flag).Record;
        Assert.Equal(trail.Active is null, record.Rollout is null);
        if (entries.Count > 0)
            Assert.Equal(Value(entries[^1].After!).Value, string.Create(CultureInfo.InvariantCulture, $"{now.State}|{now.Percentage:0.####}"));
        if (trail.Active is null)
            Assert.Equal(trail.Ended, record.LastRollout?.Phase);
        trail.Values.Add("Disabled|0");
        // What is on for everybody cannot be rolled out once more.
        if (trail.Active is null && now.State == FlagState.Enabled)
            await services.Manager.ResetFlagAsync(RolloutWork.Flag, new FlagChange("ann", "once more"));
        return trail;
    }

    private static (string Value, decimal Percentage) Value(string after)
    {
        using JsonDocument json = JsonDocument.Parse(after);
        Assert.True(FlagSpelling.TryRead(json.RootElement.GetProperty("state").GetString(), out FlagState state));
        decimal percentage = json.RootElement.GetProperty("percentage").GetDecimal();
        return (string.Create(CultureInfo.InvariantCulture, $"{state}|{percentage:0.####}"), percentage);
    }

    private sealed class Trail
    {
        /// <summary>What the flag ever was.</summary>
        public List<string> Values { get; } = [];

        /// <summary>What it is, while a rollout is on its way.</summary>
        public string? Active { get; set; }

        public decimal Percentage { get; set; }

        public DateTimeOffset Since { get; set; }

        public TimeSpan Took { get; set; }

        public RolloutPhase? Ended { get; set; }

        public int Started { get; set; }

        public int Steps { get; set; }

        public int Completed { get; set; }

        public int RolledBack { get; set; }

        public int Instances { get; set; }
    }
}
