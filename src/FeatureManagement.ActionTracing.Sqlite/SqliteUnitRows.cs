using FeatureManagement.ActionTracing.Storage;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>The rows of one run, within one transaction. Statements are prepared once: they run for every unit.</summary>
internal sealed class SqliteUnitRows
{
    private const string Columns = "hash, number, step, variant, at, split, outcomes";

    private readonly SqliteConnection _connection;
    private readonly string _run;
    private long? _id; // null before anything was written

    public SqliteUnitRows(SqliteConnection connection, string run)
    {
        _connection = connection;
        _run = run;
        using SqliteCommand command = Command("SELECT id, tally FROM experiment WHERE key = $key", ("$key", run));
        using SqliteDataReader row = command.ExecuteReader();
        if (!row.Read())
            return;
        _id = row.GetInt64(0);
        Totals = row.GetString(1);
    }

    public string? Totals { get; private set; }

    /// <summary>Whether a batch, or a later one of its writer, was written before.</summary>
    public bool IsWritten(UnitBatch batch)
    {
        using SqliteCommand command = Command(
            "SELECT batch FROM experiment_writer WHERE experiment = $experiment AND writer = $writer",
            ("$experiment", Id), ("$writer", batch.Writer));
        return command.ExecuteScalar() is long last && last >= batch.Number;
    }

    /// <summary>Takes note that a batch was written. The run has been written before.</summary>
    public void SetWritten(UnitBatch batch)
    {
        using SqliteCommand command = Command(
            """
            INSERT INTO experiment_writer (experiment, writer, batch) VALUES ($experiment, $writer, $batch)
            ON CONFLICT (experiment, writer) DO UPDATE SET batch = $batch
            """,
            ("$experiment", Id), ("$writer", batch.Writer), ("$batch", batch.Number));
        command.ExecuteNonQuery();
    }

    public IEnumerable<UnitRow> Find(IReadOnlyList<long> hashes)
    {
        using SqliteCommand command = Command(
            $"SELECT {Columns} FROM experiment_unit WHERE experiment = $experiment AND hash = $hash", ("$experiment", Id), ("$hash", 0L));
        foreach (long hash in hashes)
        {
            command.Parameters[1].Value = hash;
            using SqliteDataReader row = command.ExecuteReader();
            if (row.Read())
                yield return Read(row);
        }
    }

    public IEnumerable<UnitRow> After(long number, int count)
    {
        using SqliteCommand command = Command(
            $"SELECT {Columns} FROM experiment_unit WHERE experiment = $experiment AND number > $number ORDER BY number LIMIT $count",
            ("$experiment", Id), ("$number", number), ("$count", count));
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
            yield return Read(row);
    }

    public void Write(UnitChanges changes)
    {
        if (changes.Totals is not { } totals)
            return;
        WriteTotals(totals);
        using SqliteCommand command = Command(
            $"""
            INSERT INTO experiment_unit (experiment, {Columns})
            VALUES ($experiment, $hash, $number, $step, $variant, $at, $split, $outcomes)
            ON CONFLICT (experiment, number) DO UPDATE SET split = $split, outcomes = $outcomes
            """,
            ("$experiment", Id), ("$hash", 0L), ("$number", 0L), ("$step", 0), ("$variant", 0), ("$at", 0L),
            ("$split", 0), ("$outcomes", DBNull.Value));
        foreach (UnitRow row in changes.Rows)
        {
            object[] values = [row.Hash, row.Number, row.Step, row.Variant, row.At, row.SampledStep, row.Outcomes.IsEmpty
                ? DBNull.Value
                : row.Outcomes.ToArray()];
            for (int i = 0; i < values.Length; i++)
                command.Parameters[i + 1].Value = values[i];
            command.ExecuteNonQuery();
        }
    }

    private object Id => _id is { } id ? id : DBNull.Value;

    private void WriteTotals(string totals)
    {
        using SqliteCommand command = Command(
            "INSERT INTO experiment (key, tally) VALUES ($key, $tally) ON CONFLICT (key) DO UPDATE SET tally = $tally RETURNING id",
            ("$key", _run), ("$tally", totals));
        _id = (long)command.ExecuteScalar()!; // a statement that returns a row returns its id
        Totals = totals;
    }

    private static UnitRow Read(SqliteDataReader row) => new()
    {
        Hash = row.GetInt64(0),
        Number = row.GetInt64(1),
        Step = row.GetInt32(2),
        Variant = row.GetInt32(3),
        At = row.GetInt64(4),
        SampledStep = row.GetInt32(5),
        Outcomes = row.IsDBNull(6) ? default : (byte[])row.GetValue(6),
    };

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
