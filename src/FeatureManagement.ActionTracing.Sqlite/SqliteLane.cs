using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>One connection, one call at a time. Waits for other processes only as long as the call may last. Thread-safe.</summary>
internal sealed class SqliteLane(SqliteFile file) : IDisposable
{
    private const int Busy = 5; // SQLITE_BUSY
    private readonly SemaphoreSlim _gate = new(1, 1);

    public Task<T> ReadAsync<T>(Func<SqliteConnection, SqliteTransaction, T> read, CancellationToken cancellationToken) =>
        RunAsync(read, deferred: true, _ => false, cancellationToken);

    /// <summary>Runs in one transaction, which is committed where the result says so.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, SqliteTransaction, T> write, Func<T, bool> commits, CancellationToken cancellationToken) =>
        RunAsync(write, deferred: false, commits, cancellationToken);

    public void Dispose()
    {
        file.Dispose();
        _gate.Dispose();
    }

    private async Task<T> RunAsync<T>(Func<SqliteConnection, SqliteTransaction, T> run, bool deferred, Func<T, bool> commits, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (true)
                try
                {
                    return Run(run, deferred, commits, cancellationToken);
                }
                catch (SqliteException exception) when (exception.SqliteErrorCode == Busy)
                {
                    if (cancellationToken.IsCancellationRequested)
                        throw new TimeoutException("the file is locked by another process", exception);
                }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it was, the next call begins with a new connection.
            file.Close();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private T Run<T>(Func<SqliteConnection, SqliteTransaction, T> run, bool deferred, Func<T, bool> commits, CancellationToken cancellationToken)
    {
        SqliteConnection connection = file.Open();
        using SqliteTransaction transaction = connection.BeginTransaction(deferred);
        // Whoever asked may have been told that it failed; then it must not happen after all.
        cancellationToken.ThrowIfCancellationRequested();
        T result = run(connection, transaction);
        if (commits(result))
            transaction.Commit();
        return result;
    }
}
