using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>What is done to the files while no connection of this process is open.</summary>
internal static class SqliteFiles
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Makes a database that only this user can read. It appears under its path complete, so that a file without
    /// content is never one of ours.
    /// </summary>
    /// <param name="path">Where no file is.</param>
    /// <param name="connectionString">How it is opened.</param>
    /// <returns>The new path of a log that was found without its database; null where there was none.</returns>
    /// <exception cref="IOException">There is no directory, or no file can be made in it.</exception>
    public static string? Create(string path, string connectionString)
    {
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new IOException($"the directory of '{path}' does not exist; create it or name another");
        FileMark? stray = FileMark.Of(FileState.LogOf(path));
        string temporary = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = Private;
            File.Open(temporary, options).Dispose();
            using (var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder(connectionString) { DataSource = temporary }.ConnectionString))
            {
                connection.Open();
                SqliteFile.Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
                SqliteSchema.Ensure(connection, temporary);
                SqliteAuditIndexes.Create(connection);
            }
            // Of a file that was deleted, unless another process was faster, whose log it may be.
            string? aside = null;
            if (stray is { } log && !File.Exists(path))
                aside = SetLogAside(path, log);
            File.Move(temporary, path, overwrite: false);
            return aside;
        }
        catch (IOException) when (File.Exists(path))
        {
            return null; // another process was faster
        }
        catch (IOException exception) when (SqliteFault.Reason(path) is { } reason)
        {
            throw new IOException(reason, exception);
        }
        finally
        {
            File.Delete(temporary);
            File.Delete(FileState.LogOf(temporary));
            File.Delete(FileState.MemoryOf(temporary));
        }
    }

    /// <summary>Renames a log that belonged to an earlier file under this path: with it, SQLite would make a mixture of both.</summary>
    /// <returns>The new path; null where the log is no longer there.</returns>
    public static string? SetLogAside(string path, FileMark log)
    {
        if (FileMark.Of(FileState.LogOf(path)) != log)
            return null;
        string aside = $"{FileState.LogOf(path)}.{Guid.NewGuid():N}.old";
        File.Delete(FileState.MemoryOf(path)); // first: who opens the database meanwhile makes a new one from the log
        File.Move(FileState.LogOf(path), aside);
        return aside;
    }

    /// <summary>
    /// Gives the two files beside the database its mode, where they were made while it was read-only: they would keep
    /// it so.
    /// </summary>
    public static void MakeWritable(string path)
    {
        if (OperatingSystem.IsWindows() || !NativeFile.CanWrite(path))
            return;
        foreach (string file in new[] { FileState.LogOf(path), FileState.MemoryOf(path) })
        {
            try
            {
                if (File.Exists(file) && !NativeFile.CanWrite(file))
                    File.SetUnixFileMode(file, File.GetUnixFileMode(path));
            }
            catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
            {
                // The file is another user's; opening it says so.
            }
        }
    }
}
