using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// The file that all connections share. They belong to one file on disk: where the path names another one, where a file
/// beside it is missing, or where writing fails, all of them are closed, and none is opened before the last is closed.
/// Thread-safe.
/// </summary>
/// <remarks>
/// A connection stays on a file that was replaced or deleted, and on shared memory that was read-only when the first
/// one was opened.
/// </remarks>
internal sealed partial class SqliteFile
{
    private readonly SqliteFileWatch _watch;
    private readonly SqliteOpener _opener;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<SqliteLink> _links = [];
    private int _generation; // counts how often all connections were given up

    public SqliteFile(string connectionString, string? contentRoot, ILogger<SqliteFile>? logger = null)
    {
        SqliteConnectionStringBuilder settings = SqliteConnectionString.Of(connectionString, contentRoot);
        Path = settings.DataSource;
        _logger = logger ?? NullLogger<SqliteFile>.Instance;
        _watch = new SqliteFileWatch(Path, settings.ConnectionString);
        _opener = new SqliteOpener(settings, _logger);
    }

    public string Path { get; }

    /// <summary>A connection that is opened when it is first taken.</summary>
    /// <param name="pragmas">What is set for it beyond the usual.</param>
    public SqliteLink Link(string pragmas)
    {
        var link = new SqliteLink(pragmas);
        lock (_gate)
            _links.Add(link);
        return link;
    }

    /// <summary>Gives up a connection for good: at once, or when the call that uses it ends.</summary>
    public void Unlink(SqliteLink link)
    {
        lock (_gate)
        {
            link.IsDisposed = true;
            if (!link.IsBusy)
                Close(link);
            _links.Remove(link);
        }
    }

    /// <summary>Opens the connection where that is due, and reserves it until it is released.</summary>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public async ValueTask<SqliteConnection> TakeAsync(SqliteLink link, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (Reserve(link) is { } generation)
            {
                if (link.Connection is { } open)
                    return open;
                SqliteConnection connection = _opener.Open(link.Pragmas, out FileState state);
                if (Accept(link, connection, state, generation))
                    return connection;
            }
            if (cancellationToken.IsCancellationRequested)
                throw new IOException($"the file '{Path}' changed, and calls that began before have not ended yet");
            await Task.Delay(Random.Shared.Next(1, 8), CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>Makes sure that what was just committed is in the file that the path names.</summary>
    /// <param name="link">The connection that committed.</param>
    /// <param name="changed">Whether anything was written.</param>
    /// <exception cref="IOException">It is not.</exception>
    public void CheckWritten(SqliteLink link, bool changed)
    {
        lock (_gate)
        {
            string? change = "was replaced";
            if (link.Generation == _generation)
                change = _watch.Change(IsOpen)
                    ?? (changed && !FileState.IsLog(Path) && !_watch.IsEmptied(IsOpen) ? "lost its '-wal'" : null);
            if (change is null)
                return;
            if (link.Generation == _generation)
                GiveUp(change);
            throw new IOException($"the file '{Path}' {change} while a change was written to it");
        }
    }

    /// <summary>Closes a connection whose call failed, and, where that may be the file's fault, all others.</summary>
    public void Fail(SqliteLink link, Exception exception)
    {
        lock (_gate)
        {
            Close(link);
            if (link.Generation == _generation && SqliteFault.IsOfFile(exception))
                GiveUp(null);
        }
    }

    /// <summary>Ends the use of a connection by one call.</summary>
    public void Release(SqliteLink link)
    {
        lock (_gate)
        {
            link.IsBusy = false;
            if (link.IsDisposed || link.Generation != _generation)
                Close(link);
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this project.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>The generation for which the connection is reserved; null while connections of an earlier one are open.</summary>
    private int? Reserve(SqliteLink link)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(link.IsDisposed, link);
            if (_watch.Change(IsOpen) is { } change)
                GiveUp(change);
            if (link.Generation != _generation)
                Close(link);
            link.IsBusy = false;
            if (link.Connection is null
                && _links.Exists(other => (other.Connection is not null || other.IsBusy) && other.Generation != _generation))
                return null;
            (link.IsBusy, link.Generation) = (true, _generation);
            return _generation;
        }
    }

    private bool Accept(SqliteLink link, SqliteConnection connection, FileState state, int generation)
    {
        lock (_gate)
        {
            if (generation != _generation || _watch.State?.ChangeTo(state) is not null || link.IsDisposed)
            {
                connection.Dispose();
                return false;
            }
            _watch.State ??= state;
            _opener.Opened();
            link.Connection = connection;
            return true;
        }
    }

    // Whether a connection of this generation is open.
    private bool IsOpen => _links.Exists(link => link.Connection is not null && link.Generation == _generation);

    private void GiveUp(string? change)
    {
        if (change is not null)
            LogChanged(Path, change);
        bool emptied = new FileInfo(Path) is { Exists: true, Length: 0 };
        if (_watch.State is { Log: { } log } state && (emptied || FileMark.Of(Path) != state.Database))
            _opener.SetStray(emptied ? null : state.Database, log);
        _watch.State = null;
        _generation++;
        foreach (SqliteLink link in _links)
        {
            // What the log holds would make half a database of an empty file.
            if (emptied && link.Connection is { } connection)
                raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
            if (!link.IsBusy)
                Close(link);
            else if (link.Connection is { } busy)
                raw.sqlite3_interrupt(busy.Handle);
        }
    }

    private static void Close(SqliteLink link)
    {
        link.Connection?.Dispose();
        link.Connection = null;
    }

    [LoggerMessage(EventIds.StoreFileChanged, LogLevel.Warning,
        "The store's file '{Path}' {Change}: every connection to it is opened again.", EventName = "StoreFileChanged")]
    private partial void LogChanged(string path, string change);
}
