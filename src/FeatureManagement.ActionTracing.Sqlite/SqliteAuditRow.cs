using System.Globalization;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>A row of the table <c>audit</c>. What was written into it by hand is read as well as possible: verification finds it.</summary>
internal sealed record SqliteAuditRow(
    long Number, long Version, string At, string Action, string? Flag, string? FlagKey, string? Before, string? After,
    string Actor, string? Reason,
    string Source, string Instance, string PreviousHash, string Hash)
{
    private static readonly Dictionary<string, ChangeSource> Sources =
        Enum.GetValues<ChangeSource>().ToDictionary(SqliteAudit.Write, source => source, StringComparer.Ordinal);

    /// <summary>The characters of the fields that have no bound of their own.</summary>
    public int Length => (Before?.Length ?? 0) + (After?.Length ?? 0) + Actor.Length + (Reason?.Length ?? 0);

    public AuditEntry Entry() => new()
    {
        Number = Number,
        Version = Version,
        // What is searched by must fit what is hashed: an entry that was hidden from a search is no longer the one that was written.
        At = DateTimeOffset.TryParseExact(At, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset at)
            && SqliteAudit.Write(at) == At
            ? at
            : default,
        Action = Action,
        Flag = FlagKey == SqliteAudit.Key(Flag) ? Flag : $"{Flag} (filed under {FlagKey})",
        Before = Before,
        After = After,
        Actor = Actor,
        Reason = Reason,
        Source = Sources.TryGetValue(Source, out ChangeSource source) ? source : (ChangeSource)(-1),
        Instance = Instance,
        PreviousHash = PreviousHash,
        Hash = Hash,
    };
}
