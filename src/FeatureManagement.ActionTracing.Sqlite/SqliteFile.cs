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
    private readonly SqliteConnectionStringBuilder _settings;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<SqliteLink> _links = [];
    private FileState? _state; // to which the open connections belong
    private (FileMark? Database, FileMark Log)? _stray; // a log, and the only database that it may be read with
    private int _generation; // counts how often all connections were given up
    private bool _existed;

    public SqliteFile(string connectionString, string? contentRoot, ILogger<SqliteFile>? logger = null)
    {
        _settings = Parse(connectionString);
        Path = System.IO.Path.GetFullPath(_settings.DataSource, contentRoot ?? Directory.GetCurrentDirectory());
        _settings.DataSource = Path;
        _settings.Pooling = false; // the connection is kept here
        _settings.Mode = SqliteOpenMode.ReadWrite;
        _settings.DefaultTimeout = 1; // how long a statement waits for another process before it looks at its token
        _logger = logger ?? NullLogger<SqliteFile>.Instance;
    }

    public string Path { get; }

    /// <exception cref="ArgumentException">The connection string names no file.</exception>
    public static void Check(string connectionString) => Parse(connectionString);

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
                SqliteConnection connection = Connect(link.Pragmas, out FileState state);
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
                change = Change() ?? (changed && !FileState.IsLog(Path) && !IsEmptied() ? "lost its '-wal'" : null);
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
            if (Change() is { } change)
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
            if (generation != _generation || _state?.ChangeTo(state) is not null || link.IsDisposed)
            {
                connection.Dispose();
                return false;
            }
            _state ??= state;
            _stray = null;
            _existed = true;
            link.Connection = connection;
            return true;
        }
    }

    // Only what is known to be larger is kept: the next look compares with it.
    private string? Change()
    {
        if (_state is null)
            return null;
        FileState now = FileState.Of(Path);
        if (now.LogLength == 0 && _state.LogLength > 0 && IsEmptied())
            _state = _state with { LogLength = 0 };
        if (now.Length < _state.Length && now.Length > 0 && IsWhole(now.Length))
            _state = _state with { Length = now.Length };
        if (_state.ChangeTo(now) is { } change)
            return change;
        _state = now;
        return null;
    }

    // By a checkpoint: SQLite has noted that the log has nothing which is not in the database. Emptied by hand, it
    // still looks for what the log had.
    private bool IsEmptied() => FileState.LengthOf(FileState.LogOf(Path)) == 0
        && Asks("PRAGMA wal_checkpoint(PASSIVE)", 1, frames => frames == 0);

    // By a VACUUM: all pages are there.
    private bool IsWhole(long length) =>
        Asks("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", 0, bytes => bytes <= length);

    // A connection of its own, beside one that is open: alone it would build what SQLite has noted anew, from the files as they are.
    private bool Asks(string question, int column, Predicate<long> answer)
    {
        if (!_links.Exists(link => link.Connection is not null && link.Generation == _generation))
            return false;
        try
        {
            using var connection = new SqliteConnection(_settings.ConnectionString);
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT version FROM state"; // reads what was noted, and the log
            command.ExecuteScalar();
#pragma warning disable CA2100 // Constants of this class.
            command.CommandText = question;
#pragma warning restore CA2100
            using SqliteDataReader row = command.ExecuteReader();
            return row.Read() && answer(row.GetInt64(column));
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private void GiveUp(string? change)
    {
        if (change is not null)
            LogChanged(Path, change);
        bool emptied = new FileInfo(Path) is { Exists: true, Length: 0 };
        if (_state is { Log: { } log } state && (emptied || FileMark.Of(Path) != state.Database))
            _stray = (emptied ? null : state.Database, log);
        _state = null;
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

    private SqliteConnection Connect(string pragmas, out FileState state)
    {
        FileMark? before = Prepare();
        var connection = new SqliteConnection(_settings.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 250");
            SqliteSchema.Check(connection, Path); // the next line would leave its mark on a file of something else
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            SqliteSchema.Ensure(connection, Path);
            Execute(connection, $"PRAGMA busy_timeout = 0; {pragmas}"); // SqliteLane waits by itself
            state = FileState.Of(Path);
            if (state.Database == before)
                return connection;
            throw new IOException($"the file '{Path}' was replaced while it was opened");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private FileMark? Prepare()
    {
        if (!File.Exists(Path))
        {
            if (_existed)
                throw new IOException($"the file '{Path}' has vanished; put it back");
            if (SqliteFiles.Create(Path, _settings.ConnectionString) is { } found)
                LogFoundAlone(Path, found);
        }
        else if (new FileInfo(Path).Length == 0)
        {
            throw new IOException($"the file '{Path}' is empty, so what it held is lost; put a copy back, or delete "
                + "the file to begin without stored state");
        }
        FileMark? mark = FileMark.Of(Path);
        if (_stray is { } stray && stray.Database != mark && SqliteFiles.SetLogAside(Path, stray.Log) is { } aside)
            LogSetAside(Path, aside);
        SqliteFiles.MakeWritable(Path);
        return mark;
    }

    private static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        var settings = connectionString.Contains('=', StringComparison.Ordinal)
            ? new SqliteConnectionStringBuilder(connectionString)
            : new SqliteConnectionStringBuilder { DataSource = connectionString };
        if (settings.DataSource.Length == 0 || settings.Mode == SqliteOpenMode.Memory
            || settings.DataSource.StartsWith(':')
            || settings.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"'{connectionString}' names no file; give a path, or 'Data Source=<path>'. "
                + "Without UseSqlite everything is kept in memory.", nameof(connectionString));
        if (settings.Mode == SqliteOpenMode.ReadOnly)
            throw new ArgumentException($"'{connectionString}' is read-only; changes could not be stored.", nameof(connectionString));
        return settings;
    }

    [LoggerMessage(
        EventIds.StoreFileChanged, LogLevel.Warning,
        "The store's file '{Path}' {Change}: every connection to it is opened again.", EventName = "StoreFileChanged")]
    private partial void LogChanged(string path, string change);

    [LoggerMessage(
        EventIds.StoreLogFoundAlone, LogLevel.Warning,
        "The store's file '{Path}' was not there, but its '-wal' was, with changes of the missing file; a new file is "
        + "made, and the '-wal' is kept as '{Aside}'.",
        EventName = "StoreLogFoundAlone")]
    private partial void LogFoundAlone(string path, string aside);

    [LoggerMessage(EventIds.StoreLogSetAside, LogLevel.Warning, "The store's file '{Path}' was replaced, and the "
        + "'-wal' beside it belonged to the earlier file; it is kept as '{Aside}'.", EventName = "StoreLogSetAside")]
    private partial void LogSetAside(string path, string aside);
}
