using System.Globalization;
using Dapper;
using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>The table <c>audit</c>. What somebody wrote into it by hand is read as well as can be: it is verification that finds it.</summary>
internal static class SqliteAudit
{
    private static readonly Dictionary<string, ChangeSource> Sources = Enum.GetValues<ChangeSource>().ToDictionary(Write, source => source, StringComparer.Ordinal);

    public static StateRow State(SqliteConnection connection) => connection.QuerySingle<StateRow>(
        "SELECT version AS Version, anchor_number AS AnchorNumber, anchor_hash AS AnchorHash, head_number AS HeadNumber, head_hash AS HeadHash FROM state");

    public static AuditHead Append(SqliteConnection connection, AuditHead head, IReadOnlyList<AuditEntry> entries, long version)
    {
        foreach (AuditEntry entry in entries)
        {
            AuditEntry chained = head.Append(entry, version);
            head = AuditHead.Of(chained);
            connection.Execute("""
                INSERT INTO audit (number, version, at, action, flag, flag_key, before, after, actor, reason, source, node, previous_hash, hash)
                VALUES (@Number, @Version, @at, @Action, @Flag, @key, @Before, @After, @Actor, @Reason, @source, @Node, @PreviousHash, @Hash)
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
                    chained.Node,
                    chained.PreviousHash,
                    chained.Hash,
                });
        }
        return head;
    }

    public static IReadOnlyList<AuditEntry> Read(SqliteConnection connection, AuditQuery query)
    {
        string order = query.OldestFirst ? "ASC" : "DESC";
        return
        [
            .. connection.Query<Row>($"""
                SELECT number AS Number, version AS Version, at AS At, action AS Action, flag AS Flag, flag_key AS FlagKey, before AS Before, after AS After, actor AS Actor, reason AS Reason,
                       source AS Source, node AS Node, previous_hash AS PreviousHash, hash AS Hash
                FROM audit
                WHERE (@flag IS NULL OR flag_key = @flag) AND (@source IS NULL OR source = @source)
                  AND (@from IS NULL OR at >= @from) AND (@to IS NULL OR at < @to)
                  AND (@Before IS NULL OR number < @Before) AND (@After IS NULL OR number > @After)
                ORDER BY number {order} LIMIT @Take
                """,
                new
                {
                    flag = Key(query.Flag),
                    source = query.Source is { } source ? Write(source) : null,
                    from = query.From is { } from ? Write(from) : null,
                    to = query.To is { } to ? Write(to) : null,
                    query.Before,
                    query.After,
                    query.Take,
                }).Select(row => row.Entry()),
        ];
    }

    public static AuditBounds Cut(SqliteConnection connection, DateTimeOffset before)
    {
        long last = connection.ExecuteScalar<long>(
            "SELECT coalesce((SELECT min(number) - 1 FROM audit WHERE at >= @before), (SELECT max(number) FROM audit), 0)", new { before = Write(before) });
        if (connection.QuerySingleOrDefault<string>("SELECT hash FROM audit WHERE number = @last", new { last }) is { } hash)
        {
            connection.Execute("UPDATE state SET anchor_number = @last, anchor_hash = @hash", new { last, hash });
            connection.Execute("DELETE FROM audit WHERE number <= @last", new { last });
        }
        return State(connection).Bounds;
    }

    private static string? Key(string? flag) => flag is null ? null : FlagKey.Of(flag);

    private static string Write(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static string Write(ChangeSource source) => source.ToString().ToLowerInvariant();

    private sealed record Row(
        long Number, long Version, string At, string Action, string? Flag, string? FlagKey, string? Before, string? After, string Actor, string? Reason,
        string Source, string Node, string PreviousHash, string Hash)
    {
        public AuditEntry Entry() => new()
        {
            Number = Number,
            Version = Version,
            // What is searched by must fit what is hashed: an entry that was hidden from a search is no longer the one that was written.
            At = DateTimeOffset.TryParseExact(At, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset at) && Write(at) == At ? at : default,
            Action = Action,
            Flag = FlagKey == Key(Flag) ? Flag : $"{Flag} (filed under {FlagKey})",
            Before = Before,
            After = After,
            Actor = Actor,
            Reason = Reason,
            Source = Sources.TryGetValue(Source, out ChangeSource source) ? source : (ChangeSource)(-1),
            Node = Node,
            PreviousHash = PreviousHash,
            Hash = Hash,
        };
    }
}
