using Dapper;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Data.Sqlite;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Keeps audited evaluations in a table of the same file, over a connection of its own.</summary>
internal sealed class SqliteEvaluations(SqliteFile file, StoreSpace? space = null) : IEvaluationStore, IDisposable
{
    private const int MaxCut = 10_000;

    // With their indexes; what a row takes depends on names.
    private const int EvaluationBytes = 200;
    private const int UnitBytes = 120;

    private static readonly string[] Names = ["$at", "$flag", "$key", "$enabled", "$variant", "$reason", "$subject", "$node"];

    private readonly SqliteLane _lane = new(file);

    public Task WriteAsync(
        IReadOnlyList<EvaluationAuditEntry> entries, CancellationToken cancellationToken) => _lane.WriteAsync(connection =>
    {
        using SqliteCommand insert = connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO evaluation (at, flag, flag_key, enabled, variant, reason, subject, node)
            VALUES ($at, $flag, $key, $enabled, $variant, $reason, $subject, $node)
            """;
        SqliteParameter[] parameters = [.. Names.Select(name => insert.Parameters.AddWithValue(name, DBNull.Value))];
        foreach (EvaluationAuditEntry entry in entries)
        {
            object?[] values =
            [
                entry.At.ToUnixTimeMilliseconds(),
                entry.Flag,
                FlagKey.Of(entry.Flag),
                entry.IsEnabled ? 1L : 0L,
                entry.Variant,
                entry.Reason is { } reason ? FlagSpelling.Write(reason) : null,
                entry.Subject,
                entry.Instance,
            ];
            for (int i = 0; i < values.Length; i++)
                parameters[i].Value = values[i] ?? DBNull.Value;
            insert.ExecuteNonQuery();
        }
        return true;
    }, written => written, cancellationToken);

    public Task<IReadOnlyList<EvaluationAuditEntry>> ReadAsync(
        EvaluationAuditQuery query, string? subject, CancellationToken cancellationToken) =>
        _lane.ReadAsync<IReadOnlyList<EvaluationAuditEntry>>(connection =>
        {
            // Only what is asked for is named, so that the index of it is used.
            string where = string.Join(" AND ", new[]
            {
                query.Flag is null ? null : "flag_key = @flag",
                subject is null ? null : "subject = @subject",
                query.Before is null ? null : "number < @Before",
            }.OfType<string>().DefaultIfEmpty("TRUE"));
            return
            [
                .. connection.Query<Row>($"""
                    SELECT
                        number AS Number, at AS At, flag AS Flag, enabled AS Enabled,
                        variant AS Variant, reason AS Reason, subject AS Subject, node AS Instance
                    FROM evaluation WHERE {where} ORDER BY number DESC LIMIT @Take
                    """,
                    new { flag = query.Flag is null ? null : FlagKey.Of(query.Flag), subject, query.Before, query.Take })
                        .Select(row => row.Entry()),
            ];
        }, cancellationToken);

    public async Task<bool> CutAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        // Most of the time there is nothing to remove, and nobody need wait for a transaction.
        (long? oldest, Size size) = await _lane.ReadAsync(
            connection => (connection.QueryFirstOrDefault<long?>("SELECT at FROM evaluation ORDER BY number LIMIT 1"), Measure(connection)),
            cancellationToken).ConfigureAwait(false);
        if (oldest < before.ToUnixTimeMilliseconds())
        {
            if (await RemoveAsync("number < coalesce((SELECT number FROM evaluation WHERE at >= @before ORDER BY "
                + "number LIMIT 1), 9223372036854775807)", before, cancellationToken)
                .ConfigureAwait(false) >= MaxCut)
                return true;
            // Where traffic never pauses there is always something to remove, and the size is still bounded.
            size = await _lane.ReadAsync(Measure, cancellationToken).ConfigureAwait(false);
        }
        if (space is null)
            return false;
        int removed = 0;
        if (size.Bytes > space.Max && size.Evaluations > 0)
            removed = await RemoveAsync("TRUE", before, cancellationToken).ConfigureAwait(false);
        space.Measured(size.Bytes, removed, isFull: size.Bytes > space.Max && size.Evaluations <= removed);
        return removed > 0 && size.Bytes - ((long)removed * EvaluationBytes) > space.Max;
    }

    public void Dispose() => _lane.Dispose();

    private Task<int> RemoveAsync(string where, DateTimeOffset before, CancellationToken cancellationToken) => _lane.WriteAsync(
        connection => connection.Execute(
            $"DELETE FROM evaluation WHERE {where} AND number < (SELECT min(number) + @MaxCut FROM evaluation)",
            new { before = before.ToUnixTimeMilliseconds(), MaxCut }),
        removed => removed > 0,
        cancellationToken);

    // Both are numbered without gaps, so that nothing is counted.
    private static Size Measure(SqliteConnection connection)
    {
        long evaluations = connection.ExecuteScalar<long>(
            "SELECT coalesce((SELECT max(number) FROM evaluation) - (SELECT min(number) FROM evaluation) + 1, 0)");
        long units = connection.ExecuteScalar<long>("SELECT coalesce(sum((SELECT max(number) FROM experiment_unit "
            + "WHERE experiment = experiment.id)), 0) FROM experiment");
        return new Size(evaluations, (evaluations * EvaluationBytes) + (units * UnitBytes));
    }

    private readonly record struct Size(long Evaluations, long Bytes);

    private sealed record Row(
        long Number, long At, string Flag, long Enabled, string? Variant, string? Reason, string? Subject,
        string Instance)
    {
        public EvaluationAuditEntry Entry() => new()
        {
            Number = Number,
            At = DateTimeOffset.FromUnixTimeMilliseconds(At),
            Flag = Flag,
            IsEnabled = Enabled != 0,
            Variant = Variant,
            Reason = FlagSpelling.TryRead(Reason, out EvaluationReason reason) ? reason : null,
            Subject = Subject,
            Instance = Instance,
        };
    }
}
