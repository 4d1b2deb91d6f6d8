using System.Globalization;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.CrashHost;

/// <summary>What a process does until it is done or killed. Each line on standard output acknowledges something.</summary>
internal static class Work
{
    public const int Flags = 4;

    /// <summary>Random changes for ever: <c>version|flag|state|percentage</c> after each one.</summary>
    public static async Task ChangeAsync(IFeatureFlagManager manager, string seed)
    {
        var random = new Random(int.Parse(seed, CultureInfo.InvariantCulture));
        Console.WriteLine("ready");
        for (int i = 0; ; i++)
        {
            string flag = $"f{random.Next(Flags)}";
            var change = new FlagChange("crash", $"{seed}/{i}");
            try
            {
                FlagStatus status = random.Next(6) switch
                {
                    0 => (await manager.EmergencyShutdownAsync(flag, change)) is { IsStored: true } killed ? killed.Flag : throw new InvalidOperationException("The emergency was not stored."),
                    1 => await manager.ClearEmergencyAsync(flag, change),
                    2 => await manager.ResetFlagAsync(flag, change),
                    _ => await manager.UpdateFlagAsync(flag, new FlagUpdate { State = FlagState.Rollout, Percentage = random.Next(100) }, change),
                };
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{status.Version}|{flag}|{status.Definition.State}|{status.Definition.Percentage}"));
            }
            catch (FlagChangeException refused) when (refused.Error == FlagChangeError.Conflict)
            {
            }
        }
    }

    /// <summary>Two writers add one to the percentage of a flag, so many times each, over the version that they have seen. At the end, how often another was faster.</summary>
    public static async Task CountAsync(IFeatureFlagManager manager, string times)
    {
        Console.WriteLine("ready");
        Console.ReadLine();
        int[] conflicts = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => CountAsync(manager, int.Parse(times, CultureInfo.InvariantCulture)))));
        Console.WriteLine(conflicts.Sum());
    }

    private static async Task<int> CountAsync(IFeatureFlagManager manager, int times)
    {
        int conflicts = 0;
        for (int done = 0; done < times;)
        {
            FlagStatus seen = manager.GetFlag("f0")!; // it is configured
            try
            {
                await manager.UpdateFlagAsync("f0", new FlagUpdate { Percentage = seen.Definition.Percentage + 0.001m }, new FlagChange("counter", "one more"), seen.Version);
                done++;
            }
            catch (FlagChangeException refused) when (refused.Error == FlagChangeError.VersionMismatch)
            {
                conflicts++;
            }
        }
        return conflicts;
    }

    /// <summary>Says whether a flag is on, at once and after each change, until standard input ends; with the machine's time in milliseconds: <c>on|123</c>.</summary>
    public static async Task WatchAsync(IFeatureFlagManager manager, string flag)
    {
        Console.WriteLine(Line());
        using (manager.WatchFlag(flag, _ => Console.WriteLine(Line())))
            await Console.In.ReadToEndAsync();

        string Line() => string.Create(CultureInfo.InvariantCulture, $"{(manager.IsEnabled(flag) ? "on" : "off")}|{Environment.TickCount64}");
    }

    /// <summary>Kills a flag when a line asks for it, and says when it was stored, then clears it at the next one, and so on.</summary>
    public static async Task KillAsync(IFeatureFlagManager manager, string flag)
    {
        Console.WriteLine("ready");
        for (bool kill = true; Console.ReadLine() is not null; kill = !kill)
        {
            if (kill)
                await manager.EmergencyShutdownAsync(flag, new FlagChange("killer", "stop"));
            else
                await manager.ClearEmergencyAsync(flag, new FlagChange("killer", "go on"));
            Console.WriteLine(Environment.TickCount64.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Answers lines: <c>kill f0</c> by whether it was stored, <c>report</c> by how the store is, and the name of a flag by whether it is on.</summary>
    public static async Task OperateAsync(IFeatureFlagManager manager, IActionTracingStoreStatus store)
    {
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
            Console.WriteLine(line.Split(' ') switch
            {
                ["kill", var flag] => (await manager.EmergencyShutdownAsync(flag, new FlagChange("operator", "stop"))).IsStored ? "stored" : "not stored",
                ["report"] => $"{store.Current.OutboxChanges}|{store.Current.IsLoaded}|{store.Current.Error}",
                _ => manager.IsEnabled(line) ? "on" : "off",
            });
    }

    /// <summary>Holds the file's write lock, as a backup or a careless tool does, until standard input ends.</summary>
    public static void Lock(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        command.ExecuteNonQuery();
        Console.WriteLine("locked");
        Console.In.ReadToEnd();
    }
}
