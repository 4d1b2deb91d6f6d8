namespace FeatureManagement.ActionTracing.Storage.Units;

/// <summary>Keeps units in memory, for as long as the process lives. Thread-safe.</summary>
internal sealed class InMemoryUnits : IUnitStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Rows> _runs = new(StringComparer.Ordinal);

    public Task WriteAsync(UnitBatch batch, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Rows rows = Of_NeedsLock(batch.Run);
            if (rows.Written.GetValueOrDefault(batch.Writer) >= batch.Number)
                return Task.CompletedTask;
            rows.Write(batch.Apply(rows.Totals, rows.Find(batch.Hashes)));
            rows.Written[batch.Writer] = batch.Number;
            return Task.CompletedTask;
        }
    }

    public Task<bool> CloseAsync(UnitClosing closing, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Rows rows = Of_NeedsLock(closing.Run);
            UnitChanges changes = closing.Apply(rows.Totals, rows.After(closing.After(rows.Totals), UnitClosing.MaxRows));
            rows.Write(changes);
            return Task.FromResult(changes.HasMore);
        }
    }

    public Task<string?> ReadTotalsAsync(string run, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(Of_NeedsLock(run).Totals);
    }

    private Rows Of_NeedsLock(string run)
    {
        if (!_runs.TryGetValue(run, out Rows? rows))
            _runs.Add(run, rows = new Rows());
        return rows;
    }

    private sealed class Rows
    {
        private readonly Dictionary<long, int> _places = [];
        private readonly List<UnitRow> _rows = []; // in the order of their numbers, which begin at 1

        public string? Totals { get; private set; }

        public Dictionary<string, long> Written { get; } = new(StringComparer.Ordinal);

        public IEnumerable<UnitRow> Find(IReadOnlyList<long> hashes) =>
            hashes.Where(_places.ContainsKey).Select(hash => _rows[_places[hash]]);

        public IEnumerable<UnitRow> After(long number, int count) =>
            Enumerable.Range((int)number, Math.Clamp(_rows.Count - (int)number, 0, count)).Select(place => _rows[place]);

        public void Write(UnitChanges changes)
        {
            Totals = changes.Totals ?? Totals;
            foreach (UnitRow row in changes.Rows)
            {
                if (_places.TryAdd(row.Hash, _rows.Count))
                    _rows.Add(row);
                else
                    _rows[_places[row.Hash]] = row;
            }
        }
    }
}
