using System.Diagnostics;
using System.Globalization;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>A process that records is killed. Everything it acknowledged is there, once.</summary>
[Trait("Speed", "Slow")]
public sealed class ExperimentCrashTests
{
    // After so many acknowledged users more than ever before: at once, in the middle, and later; each life records the same users from the beginning.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(250, 750)]
    [InlineData(3_000)]
    public async Task Kill_WhileRecording_KeepsWhatWasAcknowledgedOnce(params int[] lives)
    {
        using var directory = new TempDirectory();
        string database = directory.File("shop.db");
        long acknowledged = 0;
        foreach (int more in lives)
        {
            using Process child = Child.Start(nameof(ExperimentCrashTests), database);
            long target = acknowledged + more;
            Assert.NotNull(await child.StandardOutput.ReadLineAsync()); // it is at work
            while (acknowledged < target)
                acknowledged = Math.Max(acknowledged, long.Parse((await child.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
            child.Kill();
            await child.WaitForExitAsync();
            while (await child.StandardOutput.ReadLineAsync() is { } line)
                if (long.TryParse(line, CultureInfo.InvariantCulture, out long said))
                    acknowledged = Math.Max(acknowledged, said);

            using var host = new ExperimentHost(database: database);
            ExperimentResult result = await host.ResultAsync();
            Assert.True(result.Units >= acknowledged, $"{result.Units} units of {acknowledged}");
            (long units, long conversions) = AssertWhole(database, result);
            Assert.Equal(result.Units, units);
            Assert.True(conversions >= acknowledged, "every acknowledged unit has its conversion");
        }
    }

    /// <summary>The units in the file are those of the sums, each once.</summary>
    internal static (long Units, long Conversions) AssertWhole(string database, ExperimentResult result)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*), count(DISTINCT hash), max(number), count(outcomes), (SELECT * FROM pragma_integrity_check) FROM experiment_unit";
        using SqliteDataReader row = command.ExecuteReader();
        row.Read();
        Assert.Equal([result.Units, result.Units, result.Units], [row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? 0 : row.GetInt64(2)]);
        Assert.Equal(row.GetInt64(3), result.Metrics[0].Variants.Sum(arm => arm.Units * arm.Mean ?? 0), 1e-6);
        Assert.Equal("ok", row.GetString(4));
        return (row.GetInt64(0), row.GetInt64(3));
    }

    /// <summary>The process: records units and says how many are written.</summary>
    internal static async Task RunAsync(string database)
    {
        using var host = new ExperimentHost(database: database);
        Console.WriteLine(0);
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
