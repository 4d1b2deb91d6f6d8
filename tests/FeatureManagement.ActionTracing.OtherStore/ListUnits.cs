using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.OtherStore;

/// <summary>Units in sorted lists, one for each run.</summary>
public sealed class ListUnits : IUnitStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedList<long, UnitRow>> _rows = [];
    private readonly Dictionary<string, string> _totals = [];
    private readonly Dictionary<(string Run, string Writer), long> _written = [];

    public Task WriteAsync(UnitBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_gate)
        {
            if (_written.GetValueOrDefault((batch.Run, batch.Writer)) >= batch.Number)
                return Task.CompletedTask;
            Write(batch.Run, batch.Apply(_totals.GetValueOrDefault(batch.Run), RowsOf(batch.Run).Where(row => batch.Hashes.Contains(row.Hash))));
            _written[(batch.Run, batch.Writer)] = batch.Number;
            return Task.CompletedTask;
        }
    }

    public Task<bool> CloseAsync(UnitClosing closing, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(closing);
        lock (_gate)
        {
            string? totals = _totals.GetValueOrDefault(closing.Run);
            long after = closing.After(totals);
            UnitChanges changes = closing.Apply(totals, RowsOf(closing.Run).Where(row => row.Number > after).Take(UnitClosing.MaxRows));
            Write(closing.Run, changes);
            return Task.FromResult(changes.HasMore);
        }
    }

    public Task<string?> ReadTotalsAsync(string run, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_totals.GetValueOrDefault(run));
    }

    private IEnumerable<UnitRow> RowsOf(string run) => _rows.GetValueOrDefault(run)?.Values ?? [];

    private void Write(string run, UnitChanges changes)
    {
        if (changes.Totals is not { } totals)
            return;
        _totals[run] = totals;
        if (!_rows.TryGetValue(run, out SortedList<long, UnitRow>? rows))
            _rows.Add(run, rows = []);
        foreach (UnitRow row in changes.Rows)
            rows[row.Number] = row;
    }
}
