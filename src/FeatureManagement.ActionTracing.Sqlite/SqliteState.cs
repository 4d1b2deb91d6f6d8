using Dapper;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// Keeps the run-time state and its audit. A commit is on disk when it returns. One connection writes and one reads, so
/// that neither waits for the other; the audit has its own.
/// </summary>
internal sealed class SqliteState(SqliteFile file) : IStateStore, IDisposable
{
    private readonly SqliteLane _writer = new(file);
    private readonly SqliteLane _reader = new(file);
    private readonly SqliteAuditReaders _audit = new(file);
    private readonly SqliteAuditIndexes _indexes = new(file);
    private readonly StoreHistory _history = new();

    public bool IsDurable => true;

    public Task<StoreChanges> ReadAsync(string prefix, long since, CancellationToken cancellationToken)
    {
        StoreHistory.Point before = _history.Last;
        return _reader.ReadAsync(connection =>
        {
            // Both in one transaction, so that the version belongs to the documents.
            StateRow state = SqliteAudit.State(connection);
            return new StoreChanges(state.Version, since >= state.Version ? [] :
            [
                .. connection.Query<StoredDocument>(
                    $"SELECT key AS Key, json AS Json, version AS Version FROM document "
                    + $"WHERE {(since == 0 ? "key >= @prefix" : "version > @since")} AND substr(key, 1, length(@prefix)) = @prefix",
                    new { prefix, since }),
            ])
            {
                Generation = Continue(connection, before, state),
            };
        }, cancellationToken);
    }

    public async Task<CommitResult> CommitAsync(StoreCommit commit, CancellationToken cancellationToken)
    {
        StoreHistory.Point before = _history.Last;
        (CommitResult result, StoreHistory.Point? after) = await _writer.WriteAsync(
            connection => Commit(connection, commit, before), written => written.Result.IsCommitted, cancellationToken)
            .ConfigureAwait(false);
        if (after is not null)
            _history.Committed(after);
        return result;
    }

    public Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(AuditQuery query, CancellationToken cancellationToken) =>
        _audit.ReadAsync(connection =>
        {
            _indexes.Need(connection);
            return SqliteAuditQuery.Read(connection, query);
        }, cancellationToken);

    public Task<AuditBounds> ReadAuditBoundsAsync(CancellationToken cancellationToken) =>
        _audit.ReadAsync(connection => SqliteAudit.State(connection).Bounds, cancellationToken);

    public Task<AuditBounds> CutAuditAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        _writer.WriteAsync(connection => SqliteAudit.Cut(connection, before), _ => true, cancellationToken);

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _audit.Dispose();
        _indexes.Dispose();
    }

    private (CommitResult Result, StoreHistory.Point? After) Commit(
        SqliteConnection connection, StoreCommit commit, StoreHistory.Point before)
    {
        StateRow state = SqliteAudit.State(connection);
        long generation = Continue(connection, before, state);
        // What was decided from another file is decided again.
        if (generation != (commit.Generation ?? generation) && commit.Writes is [var first, ..])
            return (new CommitResult(state.Version, first.Key), null);
        foreach (DocumentWrite write in commit.Writes)
            if (write.ExpectedVersion is { } expected
                && expected != connection.ExecuteScalar<long>("SELECT coalesce((SELECT version FROM document WHERE key = @Key), 0)", write))
                return (new CommitResult(state.Version, write.Key), null);

        long version = state.Version + 1;
        foreach (DocumentWrite write in commit.Writes)
            connection.Execute(
                "INSERT INTO document (key, json, version) VALUES (@Key, @Json, @version) ON CONFLICT (key) DO UPDATE "
                + "SET json = @Json, version = @version",
                new { write.Key, write.Json, version });
        AuditHead head = SqliteAudit.Append(connection, state.Head, commit.Entries, version);
        connection.Execute(
            "UPDATE state SET version = @version, head_number = @Number, head_hash = @Hash",
            new { version, head.Number, head.Hash });
        return (new CommitResult(version, null), new StoreHistory.Point(generation, version, head));
    }

    private long Continue(SqliteConnection connection, StoreHistory.Point before, StateRow state) => _history.Continue(
        before, state, number => connection.QuerySingleOrDefault<string>("SELECT hash FROM audit WHERE number = @number", new { number }));
}
