using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Says why a file cannot be used, and what to do about it: SQLite gives a number and names no file.</summary>
internal static class SqliteFault
{
    public const string Locked = "the file is locked by another process";

    /// <summary>
    /// Whether something may be wrong with the file: not where another process had the lock, the disk is full, or the
    /// call was cancelled.
    /// </summary>
    public static bool IsOfFile(Exception exception) => exception switch
    {
        SqliteException sqlite =>
            sqlite.SqliteErrorCode is not (raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_INTERRUPT),
        IOException => exception.Message != Locked,
        _ => exception is UnauthorizedAccessException,
    };

    /// <summary>The exception with path, reason and fix; null where it says them itself.</summary>
    public static IOException? Explain(string path, Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } =>
            new IOException($"the disk of '{path}' is full; free space on it, or name a file on another disk", exception),
        SqliteException { SqliteErrorCode: raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM } or UnauthorizedAccessException =>
            new IOException(Reason(path) ?? $"the file '{path}' cannot be opened or written: {exception.Message}", exception),
        SqliteException { SqliteErrorCode: raw.SQLITE_INTERRUPT } => null,
        SqliteException => new IOException($"the file '{path}' failed: {exception.Message}", exception),
        _ => null,
    };

    /// <summary>What about the path keeps a file from being used, and the fix; null where nothing is found.</summary>
    public static string? Reason(string path)
    {
        string directory = Path.GetDirectoryName(path)!; // the path is a full one, and names a file
        if (!Directory.Exists(directory))
            return $"the directory of '{path}' does not exist; create it or name another";
        if (Directory.Exists(path))
            return $"'{path}' is a directory; name a file in it";
        foreach (string file in new[] { path, FileState.LogOf(path), FileState.MemoryOf(path) }.Where(File.Exists))
        {
            if (NativeFile.IsOnReadOnlyFileSystem(file))
                return ReadOnly(file);
            if (!NativeFile.CanRead(file))
                return $"the file '{file}' cannot be read by {Who(file)}; change its owner or mode, or name another file";
            if (!NativeFile.CanWrite(file))
                return $"the file '{file}' is read-only for {Who(file)}; change its owner or mode, or name another file";
        }
        if (NativeFile.IsOnReadOnlyFileSystem(directory))
            return ReadOnly(path);
        if (NativeFile.CanWrite(directory))
            return null;
        return $"the directory '{directory}' of '{Path.GetFileName(path)}' is read-only for {Who(directory)}; name a "
        + "file in a directory that this user can write, in a container on a mounted volume, "
            + "or change the owner or mode of the directory";
    }

    private static string ReadOnly(string path) =>
        $"the file system of '{path}' is read-only; mount it writable, or name a file on another one";

    private static string Who(string path)
    {
        if (NativeFile.TryStat(path, out NativeFile.Status status) && NativeFile.User is { } user)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"user {user} (owner {status.Owner}, mode {Convert.ToString((int)status.Mode, 8)})");
        return "this process";
    }
}
