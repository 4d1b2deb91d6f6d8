using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Reads a connection string, which may be a path alone.</summary>
internal static class SqliteConnectionString
{
    /// <summary>How the file is opened, with its full path.</summary>
    /// <param name="connectionString">A connection string or a path.</param>
    /// <param name="contentRoot">Where a relative path begins; null for the current directory.</param>
    /// <exception cref="ArgumentException">The connection string names no file.</exception>
    public static SqliteConnectionStringBuilder Of(string connectionString, string? contentRoot)
    {
        SqliteConnectionStringBuilder settings = Parse(connectionString);
        settings.DataSource = Path.GetFullPath(settings.DataSource, contentRoot ?? Directory.GetCurrentDirectory());
        settings.Pooling = false; // connections are kept here
        settings.Mode = SqliteOpenMode.ReadWrite;
        settings.DefaultTimeout = 1; // how long a statement waits for another process before it checks its token
        return settings;
    }

    /// <exception cref="ArgumentException">The connection string names no file.</exception>
    public static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        var settings = connectionString.Contains('=', StringComparison.Ordinal)
            ? new SqliteConnectionStringBuilder(connectionString)
            : new SqliteConnectionStringBuilder { DataSource = connectionString };
        string file = settings.DataSource;
        bool isFile = file.Length > 0 && !file.StartsWith(':') && !file.StartsWith("file:", StringComparison.OrdinalIgnoreCase);
        if (!isFile || settings.Mode == SqliteOpenMode.Memory)
            throw new ArgumentException(
                $"'{connectionString}' names no file; give a path, or 'Data Source=<path>'. Without UseSqlite "
                    + $"everything is kept in memory.",
                nameof(connectionString));
        if (settings.Mode == SqliteOpenMode.ReadOnly)
            throw new ArgumentException($"'{connectionString}' is read-only; changes could not be stored.", nameof(connectionString));
        return settings;
    }
}
