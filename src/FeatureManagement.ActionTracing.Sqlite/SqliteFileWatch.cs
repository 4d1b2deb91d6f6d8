using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Compares the files on disk with those that the open connections belong to. Used by one caller at a time.</summary>
internal sealed class SqliteFileWatch(string path, string connectionString)
{
    /// <summary>The files that the open connections belong to; null while none is open.</summary>
    public FileState? State { get; set; }

    /// <summary>What happened to the files, so that open connections no longer belong to them; null where they still do.</summary>
    /// <param name="isOpen">Whether a connection is open.</param>
    public string? Change(bool isOpen)
    {
        // Only a larger length is kept: the next check compares with it.
        if (State is null)
            return null;
        FileState now = FileState.Of(path);
        if (now.LogLength == 0 && State.LogLength > 0 && IsEmptied(isOpen))
            State = State with { LogLength = 0 };
        if (now.Length < State.Length && now.Length > 0 && IsWhole(now.Length, isOpen))
            State = State with { Length = now.Length };
        if (State.ChangeTo(now) is { } change)
            return change;
        State = now;
        return null;
    }

    // By a checkpoint: SQLite has noted that the database has all that the log had. If a person emptied the log, SQLite
    // still searches it.
    public bool IsEmptied(bool isOpen) => FileState.LengthOf(FileState.LogOf(path)) == 0
        && Asks(isOpen, "PRAGMA wal_checkpoint(PASSIVE)", 1, frames => frames == 0);

    // By a VACUUM: all pages are there.
    private bool IsWhole(long length, bool isOpen) =>
        Asks(isOpen, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", 0, bytes => bytes <= length);

    // A connection of its own, beside an open one. Without the open one, SQLite would build its notes again from the files.
    private bool Asks(bool isOpen, string question, int column, Predicate<long> answer)
    {
        if (!isOpen)
            return false;
        try
        {
            using var connection = new SqliteConnection(connectionString);
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
}
