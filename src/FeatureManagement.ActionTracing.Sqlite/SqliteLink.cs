using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// The connection of one lane. Its state belongs to <see cref="SqliteFile"/>, which closes the connections of all lanes
/// together.
/// </summary>
internal sealed class SqliteLink(string pragmas)
{
    /// <summary>What is set for the connection beyond the usual.</summary>
    public string Pragmas => pragmas;

    public SqliteConnection? Connection { get; set; }

    /// <summary>Which of the file's generations the connection is of, also while it is being opened.</summary>
    public int Generation { get; set; }

    /// <summary>Whether a call uses the connection, or opens it.</summary>
    public bool IsBusy { get; set; }

    public bool IsDisposed { get; set; }
}
