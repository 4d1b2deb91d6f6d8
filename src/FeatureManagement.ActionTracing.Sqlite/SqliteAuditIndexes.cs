using Dapper;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// The indexes by which the audit is searched. They are no step of the schema: a file of an earlier release gets them
/// in the background, after it was first asked for entries, because building them takes long and stored emergencies
/// must not wait for that. Thread-safe.
/// </summary>
internal sealed class SqliteAuditIndexes(SqliteFile file) : IDisposable
{
    // Each has the number of the entry beside it, which is the order of every answer.
    private static readonly string[] Columns = ["at", "source", "actor", "action"];

    private readonly SqliteLane _lane = new(file);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new(); // not disposed: a statement may still run
    private Task _building = Task.CompletedTask;

    /// <summary>Creates those that are missing.</summary>
    public static void Create(SqliteConnection connection)
    {
        foreach (string column in Columns)
            Create(connection, column);
    }

    /// <summary>Begins to build those that a file lacks, unless that has begun. A query works without them.</summary>
    /// <param name="connection">A connection that reads the file.</param>
    public void Need(SqliteConnection connection)
    {
        if (connection.ExecuteScalar<long>(
            "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN @names",
            new { names = Columns.Select(NameOf) }) == Columns.Length)
            return;
        lock (_gate)
            if (_building.IsCompleted && !_ending.IsCancellationRequested)
                _building = Task.Run(BuildAsync);
    }

    public void Dispose()
    {
        lock (_gate)
            _ending.Cancel();
        _lane.Dispose();
    }

    // After a failure the next query begins again, and other calls report what is wrong with the file.
    private Task BuildAsync() => SafeCall.TryAsync(async () =>
    {
        // One transaction each, so that changes come between.
        foreach (string column in Columns)
            await _lane.WriteAsync(connection => Build(connection, column), _ => true, _ending.Token).ConfigureAwait(false);
    });

    private bool Build(SqliteConnection connection, string column)
    {
        using CancellationTokenRegistration interrupt = _ending.Token.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle));
        Create(connection, column);
        return true;
    }

    private static void Create(SqliteConnection connection, string column) =>
        SqliteFile.Execute(connection, $"CREATE INDEX IF NOT EXISTS {NameOf(column)} ON audit ({column})");

    private static string NameOf(string column) => "audit_" + column;
}
