using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>Exposures and outcomes of one run, which are written once, in one transaction. Immutable.</summary>
public sealed class UnitBatch
{
    private readonly ExperimentBatch _batch;

    internal UnitBatch(ExperimentBatch batch)
    {
        _batch = batch;
        Hashes = [.. batch.Events.Select(recorded => (long)recorded.Unit).Distinct()];
    }

    /// <summary>The key of the run.</summary>
    public string Run => _batch.Run.Key;

    /// <summary>The instance that recorded the events.</summary>
    public string Writer => _batch.Writer;

    /// <summary>The number of the batch, which rises with each batch of its writer.</summary>
    public long Number => _batch.Number;

    /// <summary>The hashes of the units, each once.</summary>
    public IReadOnlyList<long> Hashes { get; }

    /// <summary>Computes what to write.</summary>
    /// <param name="totals">The totals of the run; null where nothing was written.</param>
    /// <param name="known">The rows of those units that the store has.</param>
    /// <param name="isFull">Whether the store takes no new units.</param>
    public UnitChanges Apply(string? totals, IEnumerable<UnitRow> known, bool isFull = false)
    {
        ArgumentNullException.ThrowIfNull(known);
        ExperimentRun run = _batch.Run;
        ExperimentTally tally = UnitConversion.Tally(totals, run);
        var units = known.ToDictionary(row => row.Hash, row => UnitConversion.Record(row, run));
        var changed = new HashSet<long>();
        int refused = 0;
        foreach (ExperimentEvent recorded in _batch.Events)
        {
            UnitRecord? unit = null;
            if (units.TryGetValue((long)recorded.Unit, out UnitRecord found))
                unit = found;
            if (unit is null && isFull)
            {
                refused++;
                continue;
            }
            if (tally.Apply(run, unit, recorded) is not { } after)
                continue;
            units[(long)recorded.Unit] = after;
            changed.Add((long)recorded.Unit);
        }
        return new UnitChanges(
            StoredJson.Write(tally),
            [.. changed.Select(hash => UnitConversion.Row(units[hash])).OrderBy(row => row.Number)], refused);
    }
}
