using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Opens connections to a file, which is created at first use, and sets a log aside that belongs to another file.</summary>
internal sealed partial class SqliteOpener(SqliteConnectionStringBuilder settings, ILogger logger)
{
    private (FileMark? Database, FileMark Log)? _stray; // a log, and the only database that it may be read with
    private bool _existed;

    private string Path => settings.DataSource;

    /// <summary>Takes note that a connection to the file is open.</summary>
    public void Opened()
    {
        _stray = null;
        _existed = true;
    }

    /// <summary>Takes note of a log that may be read with one database only; null for none.</summary>
    public void SetStray(FileMark? database, FileMark log) => _stray = (database, log);

    /// <exception cref="IOException">The file cannot be used.</exception>
    public SqliteConnection Open(string pragmas, out FileState state)
    {
        FileMark? before = Prepare();
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            SqliteFile.Execute(connection, "PRAGMA busy_timeout = 250");
            SqliteSchema.Check(connection, Path); // the next line would leave its mark on a file of something else
            SqliteFile.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            SqliteSchema.Ensure(connection, Path);
            SqliteFile.Execute(connection, $"PRAGMA busy_timeout = 0; {pragmas}"); // SqliteLane waits by itself
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
                throw new IOException($"the file '{Path}' is missing; restore it");
            if (SqliteFiles.Create(Path, settings.ConnectionString) is { } found)
                LogFoundAlone(Path, found);
        }
        else if (new FileInfo(Path).Length == 0)
        {
            throw new IOException($"the file '{Path}' is empty, so its content is lost; restore a copy, or delete "
                + "the file to begin without stored state");
        }
        FileMark? mark = FileMark.Of(Path);
        if (_stray is { } stray && stray.Database != mark && SqliteFiles.SetLogAside(Path, stray.Log) is { } aside)
            LogSetAside(Path, aside);
        SqliteFiles.MakeWritable(Path);
        return mark;
    }

    [LoggerMessage(EventIds.StoreLogFoundAlone, LogLevel.Warning,
        "The store's file '{Path}' was not there, but its '-wal' was, with changes of the missing file; a new file is "
        + "made, and the '-wal' is kept as '{Aside}'.",
        EventName = "StoreLogFoundAlone")]
    private partial void LogFoundAlone(string path, string aside);

    [LoggerMessage(EventIds.StoreLogSetAside, LogLevel.Warning, "The store's file '{Path}' was replaced, and the "
        + "'-wal' beside it belonged to the earlier file; it is kept as '{Aside}'.", EventName = "StoreLogSetAside")]
    private partial void LogSetAside(string path, string aside);
}
