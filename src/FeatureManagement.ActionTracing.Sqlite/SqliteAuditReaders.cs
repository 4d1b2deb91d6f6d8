using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// The connections that read the audit, and nothing else: however many ask, two read at a time, and no change waits for
/// them. Thread-safe.
/// </summary>
internal sealed class SqliteAuditReaders(SqliteFile file) : IDisposable
{
    private const int Count = 2;

    private readonly SqliteLane[] _lanes = [.. Enumerable.Range(0, Count).Select(_ => new SqliteLane(file))];
    private readonly SemaphoreSlim _gate = new(Count, Count); // not disposed: a call may still run
    private readonly ConcurrentQueue<int> _free = new(Enumerable.Range(0, Count));

    /// <summary>Reads in one transaction. A statement that runs when the call is cancelled ends.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        _free.TryDequeue(out int lane); // the gate lets in as many as there are
        try
        {
            return await _lanes[lane].ReadAsync(connection =>
            {
                using CancellationTokenRegistration interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
                return read(connection);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        finally
        {
            _free.Enqueue(lane);
            _gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (SqliteLane lane in _lanes)
            lane.Dispose();
    }
}
