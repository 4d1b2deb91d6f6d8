using Dapper;
using FeatureManagement.ActionTracing.Storage.Audit;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Reads the table <c>audit</c>. A statement names only what is asked, so that SQLite uses the index of it.</summary>
internal static class SqliteAuditQuery
{
    private const string Columns = """
        number AS Number, version AS Version, at AS At, action AS Action, flag AS Flag, flag_key AS FlagKey,
        before AS Before, after AS After, actor AS Actor,
        reason AS Reason, source AS Source, node AS Instance, previous_hash AS PreviousHash, hash AS Hash
        """;

    public static IReadOnlyList<AuditEntry> Read(SqliteConnection connection, AuditQuery query)
    {
        var parameters = new
        {
            flag = SqliteAudit.Key(query.Flag),
            source = query.Source is { } source ? SqliteAudit.Write(source) : null,
            query.Actor,
            query.Action,
            otherAction = AuditActions.OtherNameOf(query.Action),
            from = query.From is { } from ? SqliteAudit.Write(from) : null,
            to = query.To is { } to ? SqliteAudit.Write(to) : null,
            query.Before,
            query.After,
            query.Take,
        };
        var entries = new List<AuditEntry>();
        long length = 0;
        foreach (SqliteAuditRow row in connection.Query<SqliteAuditRow>(Statement(query), parameters, buffered: false))
        {
            entries.Add(row.Entry());
            if ((length += row.Length) >= query.MaxLength)
                break;
        }
        return entries;
    }

    /// <summary>The statement, whose parameters are the members that are asked for.</summary>
    public static string Statement(AuditQuery query)
    {
        string direction = "DESC";
        if (query.OldestFirst)
            direction = "ASC";
        string[] equal =
        [
            .. Named(query.Flag, "flag_key = @flag"), .. Named(query.Source, "source = @source"),
            .. Named(query.Actor, "actor = @Actor"), .. Named(query.Action, ActionOf(query)),
        ];
        string[] numbers = [.. Named(query.Before, "number < @Before"), .. Named(query.After, "number > @After")];
        string[] times = [.. Named(query.From, "at >= @from"), .. Named(query.To, "at < @to")];
        // A time alone would be searched for through the whole table: by the plus, in the order of its index.
        string where;
        if (equal.Length == 0 && times.Length > 0)
            where = $"number IN (SELECT number FROM audit WHERE {All([.. times, .. numbers])} ORDER BY +number {direction} LIMIT @Take)";
        else
            where = All([.. equal, .. times, .. numbers]);
        return $"SELECT {Columns} FROM audit WHERE {where} ORDER BY number {direction} LIMIT @Take";
    }

    private static string ActionOf(AuditQuery query)
    {
        if (AuditActions.OtherNameOf(query.Action) is null)
            return "action = @Action";
        return "action IN (@Action, @otherAction)";
    }

    private static string[] Named(object? value, string condition)
    {
        if (value is null)
            return [];
        return [condition];
    }

    private static string All(string[] conditions) => string.Join(" AND ", conditions.DefaultIfEmpty("TRUE"));
}
