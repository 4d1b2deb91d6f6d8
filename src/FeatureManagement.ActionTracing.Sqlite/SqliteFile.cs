using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// One connection to the file, opened at first use and again after every failure. The file is created only at the first use: one that vanishes later is a
/// fault, for everything that was acknowledged is in it. Used by one call at a time.
/// </summary>
internal sealed class SqliteFile : IDisposable
{
    private readonly string _path;
    private readonly SqliteConnectionStringBuilder _settings;
    private readonly string _pragmas = "";
    private SqliteConnection? _connection;
    private readonly StrongBox<bool> _existed; // known to all connections

    public SqliteFile(string connectionString, string? contentRoot)
    {
        _existed = new StrongBox<bool>();
        _settings = Parse(connectionString);
        _path = Path.GetFullPath(_settings.DataSource, contentRoot ?? Directory.GetCurrentDirectory());
        _settings.DataSource = _path;
        _settings.Pooling = false; // the connection is kept here, and a file that is put back must be opened anew
        _settings.Mode = SqliteOpenMode.ReadWrite;
        _settings.DefaultTimeout = 1; // how long a statement waits for another process before it looks at its token
    }

    private SqliteFile(SqliteFile other, string pragmas) => (_path, _settings, _existed, _pragmas) = (other._path, other._settings, other._existed, pragmas);

    /// <summary>Another connection to the same file.</summary>
    /// <param name="pragmas">What is set for it beyond the usual.</param>
    public SqliteFile Again(string pragmas = "") => new(this, pragmas);

    /// <exception cref="ArgumentException">The connection string names no file.</exception>
    public static void Check(string connectionString) => Parse(connectionString);

    public SqliteConnection Open()
    {
        if (_existed.Value && !File.Exists(_path))
        {
            Close();
            throw new IOException($"the file '{_path}' has vanished; put it back");
        }
        if (_connection is not null)
            return _connection;
        var settings = new SqliteConnectionStringBuilder(_settings.ConnectionString);
        if (!_existed.Value)
        {
            if (!Directory.Exists(Path.GetDirectoryName(_path)))
                throw new IOException($"the directory of '{_path}' does not exist; create it or name another");
            settings.Mode = SqliteOpenMode.ReadWriteCreate;
        }
        var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA busy_timeout = 250");
            SqliteSchema.Check(connection, _path); // the next line would leave its mark on a file of something else
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            SqliteSchema.Ensure(connection, _path);
            Execute(connection, $"PRAGMA busy_timeout = 0; {_pragmas}"); // SqliteLane waits by itself
            _existed.Value = true;
            return _connection = connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Gives up a connection that failed.</summary>
    public void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    public void Dispose() => Close();

    public static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this project.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        var settings = connectionString.Contains('=', StringComparison.Ordinal)
            ? new SqliteConnectionStringBuilder(connectionString)
            : new SqliteConnectionStringBuilder { DataSource = connectionString };
        if (settings.DataSource.Length == 0 || settings.Mode == SqliteOpenMode.Memory || settings.DataSource.StartsWith(':') || settings.DataSource.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"'{connectionString}' names no file; give a path, or 'Data Source=<path>'. Without UseSqlite everything is kept in memory.", nameof(connectionString));
        if (settings.Mode == SqliteOpenMode.ReadOnly)
            throw new ArgumentException($"'{connectionString}' is read-only; changes could not be stored.", nameof(connectionString));
        return settings;
    }
}
