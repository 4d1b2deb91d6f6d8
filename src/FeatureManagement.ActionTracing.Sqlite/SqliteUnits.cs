using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Sqlite;

/// <summary>
/// Keeps the units of experiments in tables, over a connection of its own. Units and their totals change in one
/// transaction.
/// </summary>
internal sealed class SqliteUnits(SqliteFile file, StoreSpace? space = null) : IUnitStore, IDisposable
{
    // Units are looked up by hashes, which hit every page of the index alike: at a million units the usual 2 MB would
    // be read and written again and again.
    private readonly SqliteLane _lane = new(file, "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 8000;");

    public Task WriteAsync(UnitBatch batch, CancellationToken cancellationToken) => _lane.WriteAsync(connection =>
    {
        var rows = new SqliteUnitRows(connection, batch.Run);
        if (rows.IsWritten(batch))
            return false;
        UnitChanges changes = batch.Apply(rows.Totals, rows.Find(batch.Hashes), space?.IsFull == true);
        rows.Write(changes);
        rows.SetWritten(batch);
        space?.Refused(changes.Refused);
        return true;
    }, written => written, cancellationToken);

    public async Task<bool> CloseAsync(UnitClosing closing, CancellationToken cancellationToken)
    {
        UnitChanges closed = await _lane.WriteAsync(connection =>
        {
            var rows = new SqliteUnitRows(connection, closing.Run);
            UnitChanges changes = closing.Apply(rows.Totals, rows.After(closing.After(rows.Totals), UnitClosing.MaxRows));
            rows.Write(changes);
            return changes;
        }, changes => changes.Totals is not null, cancellationToken).ConfigureAwait(false);
        return closed.HasMore;
    }

    public Task<string?> ReadTotalsAsync(string run, CancellationToken cancellationToken) => _lane.ReadAsync(connection =>
    {
        var rows = new SqliteUnitRows(connection, run);
        return rows.Totals;
    }, cancellationToken);

    public void Dispose() => _lane.Dispose();
}
