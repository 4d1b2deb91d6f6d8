using System.Globalization;
using Dapper;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Writes the table <c>audit</c>.</summary>
internal static class SqliteAudit
{
    private const int MaxCut = 10_000; // in one transaction, for changes wait for it

    public static StateRow State(SqliteConnection connection) => connection.QuerySingle<StateRow>(
        "SELECT version AS Version, anchor_number AS AnchorNumber, anchor_hash AS AnchorHash, head_number AS "
        + "HeadNumber, head_hash AS HeadHash FROM state");

    public static AuditHead Append(SqliteConnection connection, AuditHead head, IReadOnlyList<AuditEntry> entries, long version)
    {
        foreach (AuditEntry entry in entries)
        {
            AuditEntry chained = head.Append(entry, version);
            head = AuditHead.Of(chained);
            connection.Execute("""
                INSERT INTO audit (
                    number, version, at, action, flag, flag_key,
                    before, after, actor, reason, source, node, previous_hash, hash)
                VALUES (
                    @Number, @Version, @at, @Action, @Flag, @key,
                    @Before, @After, @Actor, @Reason, @source, @Instance, @PreviousHash, @Hash)
                """,
                new
                {
                    chained.Number,
                    chained.Version,
                    at = Write(chained.At),
                    chained.Action,
                    chained.Flag,
                    key = Key(chained.Flag),
                    chained.Before,
                    chained.After,
                    chained.Actor,
                    chained.Reason,
                    source = Write(chained.Source),
                    chained.Instance,
                    chained.PreviousHash,
                    chained.Hash,
                });
        }
        return head;
    }

    public static AuditBounds Cut(SqliteConnection connection, DateTimeOffset before)
    {
        // In the order of the chain, even where an index of the time exists: it ends at the first entry that stays.
        long last = connection.ExecuteScalar<long>(
            """
            SELECT min(
                coalesce(
                    (SELECT number - 1 FROM audit WHERE +at >= @before ORDER BY number LIMIT 1),
                    (SELECT max(number) FROM audit), 0),
                (SELECT anchor_number + @MaxCut FROM state))
            """,
            new { before = Write(before), MaxCut });
        if (connection.QuerySingleOrDefault<string>("SELECT hash FROM audit WHERE number = @last", new { last }) is { } hash)
        {
            connection.Execute("UPDATE state SET anchor_number = @last, anchor_hash = @hash", new { last, hash });
            connection.Execute("DELETE FROM audit WHERE number <= @last", new { last });
        }
        return State(connection).Bounds;
    }

    public static string? Key(string? flag)
    {
        if (flag is null)
            return null;
        return FlagKey.Of(flag);
    }

    public static string Write(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    public static string Write(ChangeSource source) => source.ToString().ToLowerInvariant();
}
