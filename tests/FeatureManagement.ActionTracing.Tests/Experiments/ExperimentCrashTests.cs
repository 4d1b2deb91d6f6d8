using System.Diagnostics;
using System.Globalization;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>A process that records is killed. Everything it acknowledged is there, once.</summary>
public sealed class ExperimentCrashTests
{
    [Fact]
    public async Task Kill_WhileRecording_KeepsWhatWasAcknowledgedOnce()
    {
        using var directory = new TempDirectory();
        string database = directory.File("shop.db");
        long acknowledged = 0;
        for (int life = 0; life < 3; life++)
        {
            using Process child = Child.Start(nameof(ExperimentCrashTests), database);
            // Each life records the same units from the beginning, and gets further than the one before.
            while (acknowledged < (life + 1) * 3_000)
                acknowledged = Math.Max(acknowledged, long.Parse((await child.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
            child.Kill();
            await child.WaitForExitAsync();
            while (await child.StandardOutput.ReadLineAsync() is { } line)
                if (long.TryParse(line, CultureInfo.InvariantCulture, out long more))
                    acknowledged = Math.Max(acknowledged, more);
        }

        using var host = new ExperimentHost(database: database);
        ExperimentResult result = await host.ResultAsync();
        Assert.True(result.Units >= acknowledged, $"{result.Units} units of {acknowledged}");
        using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*), count(DISTINCT hash), count(outcomes), max(number) FROM experiment_unit";
        using SqliteDataReader row = command.ExecuteReader();
        row.Read();
        Assert.Equal([result.Units, result.Units, result.Units], [row.GetInt64(0), row.GetInt64(1), row.GetInt64(3)]);
        ExperimentMetricResult bought = result.Metrics[0];
        Assert.Equal(row.GetInt64(2), bought.Variants.Sum(arm => arm.Units * arm.Mean!.Value), 1e-6);
        Assert.True(row.GetInt64(2) >= acknowledged, "every acknowledged unit has its conversion");
    }

    /// <summary>The process: records units and says how many are written.</summary>
    internal static async Task RunAsync(string database)
    {
        using var host = new ExperimentHost(database: database);
        for (int i = 1; ; i++)
        {
            host.See($"u{i}");
            host.Record($"u{i}", "bought");
            if (i % 250 != 0)
                continue;
            await host.Recorder.FlushAsync();
            Console.WriteLine(i);
        }
    }
}
