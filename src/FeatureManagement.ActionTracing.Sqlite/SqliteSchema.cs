using System.Globalization;
using Dapper;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// The tables, and the number of their shape in <c>PRAGMA user_version</c>: how many of the steps were taken. A later
/// release adds its step; one that was released never changes.
/// </summary>
internal static class SqliteSchema
{
    private const string First = """
        CREATE TABLE state (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL,
            anchor_number INTEGER NOT NULL,
            anchor_hash TEXT NOT NULL,
            head_number INTEGER NOT NULL,
            head_hash TEXT NOT NULL
        ) STRICT;
        INSERT INTO state VALUES (1, 0, 0, @empty, 0, @empty);
        CREATE TABLE document (
            key TEXT PRIMARY KEY,
            json TEXT,
            version INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX document_version ON document (version);
        CREATE TABLE audit (
            number INTEGER PRIMARY KEY,
            version INTEGER NOT NULL,
            at TEXT NOT NULL,
            action TEXT NOT NULL,
            flag TEXT,
            flag_key TEXT,
            before TEXT,
            after TEXT,
            actor TEXT NOT NULL,
            reason TEXT,
            source TEXT NOT NULL,
            node TEXT NOT NULL,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_flag ON audit (flag_key, number);
        """;

    private static readonly string[] Steps = [UnitTables.Create + First, EvaluationTable.Create, UnitTables.RenameToUpperCase];

    public static long Version => Steps.Length;

    /// <summary>Refuses a file that is not ours, and leaves it as it is.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to something else, or to a later release.</exception>
    public static void Check(SqliteConnection connection, string path) => Found(connection, path);

    /// <summary>Takes the steps that the file has not seen, all or none.</summary>
    /// <param name="connection">The file.</param>
    /// <param name="path">What it is called in messages.</param>
    /// <param name="version">How many steps; fewer than all only in tests of migration.</param>
    /// <exception cref="InvalidOperationException">The file belongs to something else, or to a later release.</exception>
    public static void Ensure(SqliteConnection connection, string path, int version = int.MaxValue)
    {
        version = Math.Min(version, Steps.Length);
        if (Found(connection, path) >= version)
            return;
        connection.CreateFunction<string, string>("flag_key", FlagKey.Of, isDeterministic: true);
        using SqliteTransaction transaction = connection.BeginTransaction(deferred: false);
        // Another process may have been faster.
        for (long found = Found(connection, path); found < version; found++)
            connection.Execute(
                string.Create(CultureInfo.InvariantCulture, $"{Steps[found]} PRAGMA user_version = {found + 1};"),
                new { empty = AuditHead.Empty.Hash }, transaction);
        transaction.Commit();
    }

    private static long Found(SqliteConnection connection, string path)
    {
        long found = connection.ExecuteScalar<long>("PRAGMA user_version");
        if (found > Version)
            throw new InvalidOperationException($"the file '{path}' has schema {found}, made by a later release; "
                + $"this one knows {Version}. Update the package, or use another file");
        if (found == 0 && connection.ExecuteScalar<long>("SELECT count(*) FROM sqlite_master") > 0)
            throw new InvalidOperationException(
                $"the file '{path}' has the tables of another application; use another file");
        return found;
    }
}
