using System.Runtime.InteropServices;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>The rows of one experiment, within one transaction. Statements are prepared once, for they run for every event.</summary>
internal sealed class SqliteUnits : IDisposable
{
    private const string Columns = "hash, number, step, variant, at, split, outcomes";

    private readonly SqliteConnection _connection;
    private readonly ExperimentRun _run;
    private readonly long _id;
    private readonly SqliteCommand _find;
    private readonly SqliteCommand _write;

    public SqliteUnits(SqliteConnection connection, ExperimentRun run)
    {
        (_connection, _run) = (connection, run);
        using SqliteCommand tally = Command("SELECT id, tally FROM experiment WHERE key = $key", ("$key", run.Key));
        using (SqliteDataReader row = tally.ExecuteReader())
            if (row.Read())
                (_id, Tally) = (row.GetInt64(0), StoredJson.Read<ExperimentTally>(row.GetString(1)));
        Tally ??= ExperimentTally.For(run);
        _find = Command($"SELECT {Columns} FROM experiment_unit WHERE experiment = {_id} AND hash = $hash", ("$hash", 0L));
        _write = Command(
            $"""
            INSERT INTO experiment_unit (experiment, {Columns}) VALUES ({_id}, $hash, $number, $step, $variant, $at, $split, $outcomes)
            ON CONFLICT (experiment, number) DO UPDATE SET split = $split, outcomes = $outcomes
            """,
            ("$hash", 0L), ("$number", 0L), ("$step", 0), ("$variant", 0), ("$at", 0L), ("$split", 0), ("$outcomes", DBNull.Value));
    }

    public ExperimentTally Tally { get; }

    /// <summary>The rows of an experiment that is about to be written: it has one of its own.</summary>
    public static SqliteUnits ForWriting(SqliteConnection connection, ExperimentRun run)
    {
        using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO experiment (key, tally) VALUES ($key, $tally) ON CONFLICT (key) DO NOTHING";
        insert.Parameters.AddWithValue("$key", run.Key);
        insert.Parameters.AddWithValue("$tally", StoredJson.Write(ExperimentTally.For(run)));
        insert.ExecuteNonQuery();
        return new SqliteUnits(connection, run);
    }

    /// <summary>Takes note of a batch; false where it was written before.</summary>
    public bool Begin(ExperimentBatch batch)
    {
        using SqliteCommand command = Command(
            $"""
            INSERT INTO experiment_writer (experiment, writer, batch) VALUES ({_id}, $writer, $batch)
            ON CONFLICT (experiment, writer) DO UPDATE SET batch = $batch WHERE batch < $batch
            """,
            ("$writer", batch.Writer), ("$batch", batch.Number));
        return command.ExecuteNonQuery() == 1;
    }

    public UnitRecord? Find(ulong hash)
    {
        _find.Parameters[0].Value = (long)hash;
        using SqliteDataReader row = _find.ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    public IEnumerable<UnitRecord> After(long number, int count)
    {
        using SqliteCommand command = Command(
            $"SELECT {Columns} FROM experiment_unit WHERE experiment = {_id} AND number > $number ORDER BY number LIMIT $count", ("$number", number), ("$count", count));
        using SqliteDataReader row = command.ExecuteReader();
        while (row.Read())
            yield return Read(row);
    }

    public void Write(in UnitRecord unit)
    {
        SqliteParameterCollection parameters = _write.Parameters;
        parameters[0].Value = (long)unit.Hash;
        parameters[1].Value = unit.Number;
        parameters[2].Value = unit.Step;
        parameters[3].Value = unit.Variant;
        parameters[4].Value = unit.At;
        parameters[5].Value = unit.Split;
        parameters[6].Value = unit.Values.All(double.IsNaN) ? DBNull.Value : MemoryMarshal.AsBytes(unit.Values.AsSpan()).ToArray();
        _write.ExecuteNonQuery();
    }

    public void WriteTally()
    {
        using SqliteCommand command = Command($"UPDATE experiment SET tally = $tally WHERE id = {_id}", ("$tally", StoredJson.Write(Tally)));
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _find.Dispose();
        _write.Dispose();
    }

    private UnitRecord Read(SqliteDataReader row)
    {
        var values = new double[_run.Metrics.Count];
        if (row.IsDBNull(6))
            Array.Fill(values, double.NaN);
        else
            MemoryMarshal.Cast<byte, double>((byte[])row.GetValue(6)).CopyTo(values);
        return new UnitRecord((ulong)row.GetInt64(0), row.GetInt64(1), row.GetInt32(2), row.GetInt32(3), row.GetInt64(4), row.GetInt32(5), values);
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file and a number.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach ((string name, object value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
