using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>One connection, one call at a time. Waits for other processes only as long as the call may last. Thread-safe.</summary>
internal sealed class SqliteLane(SqliteFile file) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) =>
        RunAsync(read, "BEGIN", _ => false, cancellationToken);

    /// <summary>Runs in one transaction, which is committed where the result says so.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> write, Func<T, bool> commits, CancellationToken cancellationToken) =>
        RunAsync(write, "BEGIN IMMEDIATE", commits, cancellationToken);

    public void Dispose()
    {
        file.Dispose();
        _gate.Dispose();
    }

    private async Task<T> RunAsync<T>(Func<SqliteConnection, T> run, string begin, Func<T, bool> commits, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            SqliteConnection connection = file.Open();
            await BeginAsync(connection, begin, cancellationToken).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested)
            {
                // Whoever asked may have been told that it failed; then it must not happen after all.
                SqliteFile.Execute(connection, "ROLLBACK");
                throw new OperationCanceledException(cancellationToken);
            }
            T result = run(connection);
            SqliteFile.Execute(connection, commits(result) ? "COMMIT" : "ROLLBACK");
            return result;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it was: the transaction goes with the connection, and the next call opens a new one.
            file.Close();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    // SQLite's own waiting sleeps longer and longer, so that one of many writers may get no turn. Short random sleeps give each the same chance.
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
                throw new IOException("the file is locked by another process"); // not a timeout, for that would say less
            await Task.Delay(Random.Shared.Next(1, 8), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
