using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>One connection, one call at a time. Waits for other processes only as long as the call may last. Thread-safe.</summary>
internal sealed class SqliteLane : IDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteLink _link;
    private readonly SemaphoreSlim _gate = new(1, 1); // not disposed: a call may still run

    /// <param name="file">The file.</param>
    /// <param name="pragmas">What is set for the connection beyond the usual.</param>
    public SqliteLane(SqliteFile file, string pragmas = "")
    {
        _file = file;
        _link = file.Link(pragmas);
    }

    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) =>
        RunAsync(read, "BEGIN", _ => false, cancellationToken);

    /// <summary>
    /// Runs in one transaction, which is committed where the result says so. What is committed is in the file that the
    /// path names then.
    /// </summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, Func<T, bool> commits, CancellationToken cancellationToken) =>
        RunAsync(write, "BEGIN IMMEDIATE", commits, cancellationToken);

    public void Dispose() => _file.Unlink(_link);

    private async Task<T> RunAsync<T>(
        Func<SqliteConnection, T> run, string begin, Func<T, bool> commits, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            SqliteConnection connection = await _file.TakeAsync(_link, cancellationToken).ConfigureAwait(false);
            await BeginAsync(connection, begin, cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
            {
                // The caller may already have got a failure; then the write must not happen.
                SqliteFile.Execute(connection, "ROLLBACK");
                throw new OperationCanceledException(cancellationToken);
            }
            int changes = raw.sqlite3_total_changes(connection.Handle);
            T result = run(connection);
            bool commit = commits(result);
            SqliteFile.Execute(connection, commit ? "COMMIT" : "ROLLBACK");
            if (commit)
                _file.CheckWritten(_link, raw.sqlite3_total_changes(connection.Handle) != changes);
            return result;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The transaction goes with the connection, and the next call opens a new one.
            _file.Fail(_link, exception);
            if (exception is SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT } && !cancellationToken.IsCancellationRequested)
                throw new IOException($"the file '{_file.Path}' changed during the call", exception);
            if (SqliteFault.Explain(_file.Path, exception) is { } explained)
                throw explained;
            throw;
        }
        finally
        {
            _file.Release(_link);
            _gate.Release();
        }
    }

    // SQLite's own waiting sleeps longer and longer, so that one of many writers may get no turn. Short random sleeps
    // give each the same chance.
    private static async Task BeginAsync(SqliteConnection connection, string begin, CancellationToken cancellationToken)
    {
        while (true)
        {
            int result = raw.sqlite3_exec(connection.Handle, begin);
            if (result == raw.SQLITE_OK)
                return;
            if (result != raw.SQLITE_BUSY)
                throw new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), result);
            if (cancellationToken.IsCancellationRequested)
                throw new IOException(SqliteFault.Locked); // not a timeout, for that would say less
            await Task.Delay(Random.Shared.Next(1, 8), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
