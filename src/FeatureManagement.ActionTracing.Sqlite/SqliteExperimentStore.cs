using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>Keeps the units of experiments in tables of the same file, over a connection of its own. Units and their sums change in one transaction.</summary>
internal sealed class SqliteExperimentStore(SqliteFile file, StoreSpace? space = null) : IExperimentStore, IDisposable
{
    private const int MaxClosed = 10_000;

    // Units are looked up by hashes, which hit every page of the index alike: at a million units the usual 2 MB would be read and written over and over.
    private readonly SqliteLane _lane = new(file, "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 8000;");

    public Task WriteAsync(ExperimentBatch batch, CancellationToken cancellationToken) => _lane.WriteAsync(connection =>
    {
        using var units = SqliteUnits.ForWriting(connection, batch.Run);
        if (!units.Begin(batch))
            return false;
        var known = new Dictionary<ulong, UnitRecord?>();
        var changed = new HashSet<ulong>();
        int refused = 0;
        foreach (ExperimentEvent happened in batch.Events)
        {
            if (!known.TryGetValue(happened.Unit, out UnitRecord? unit))
                known.Add(happened.Unit, unit = units.Find(happened.Unit));
            if (unit is null && space?.IsFull == true)
            {
                refused++;
                continue;
            }
            if (units.Tally.Apply(batch.Run, unit, happened) is not { } after)
                continue;
            known[happened.Unit] = after;
            changed.Add(happened.Unit);
        }
        foreach (UnitRecord unit in changed.Select(hash => known[hash]!.Value).OrderBy(unit => unit.Number))
            units.Write(unit);
        units.WriteTally();
        space?.Refused(refused);
        return true;
    }, written => written, cancellationToken);

    public async Task<bool> CloseAsync(ExperimentRun run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        int[] closed = await _lane.WriteAsync(connection =>
        {
            using var units = SqliteUnits.ForWriting(connection, run);
            int[] closed = [.. run.Metrics.Select((metric, place) => metric.Window is null ? 0 : Close(units, run, place, now.ToUnixTimeMilliseconds()))];
            units.WriteTally();
            return closed;
        }, closed => closed.Any(count => count > 0), cancellationToken).ConfigureAwait(false);
        return closed.Contains(MaxClosed);
    }

    public Task<ExperimentTally> ReadAsync(ExperimentRun run, CancellationToken cancellationToken) => _lane.ReadAsync(connection =>
    {
        using var units = new SqliteUnits(connection, run);
        return units.Tally;
    }, cancellationToken);

    public void Dispose() => _lane.Dispose();

    private static int Close(SqliteUnits units, ExperimentRun run, int metric, long now)
    {
        int closed = 0;
        foreach (UnitRecord unit in units.After(units.Tally.Closed[metric], MaxClosed))
        {
            if (!ExperimentTally.IsOver(unit, run.Metrics[metric], now))
                break;
            units.Tally.Close(run, metric, unit);
            closed++;
        }
        return closed;
    }
}
