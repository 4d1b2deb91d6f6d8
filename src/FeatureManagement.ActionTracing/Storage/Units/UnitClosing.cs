using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage.Units;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>The counting of units whose window of one metric has closed, some at a time. Immutable.</summary>
public sealed class UnitClosing
{
    private readonly ExperimentRun _run;
    private readonly int _metric;
    private readonly long _now;

    internal UnitClosing(ExperimentRun run, int metric, DateTimeOffset now)
    {
        _run = run;
        _metric = metric;
        _now = now.ToUnixTimeMilliseconds();
    }

    /// <summary>The most rows that one closing counts.</summary>
    public const int MaxRows = 10_000;

    /// <summary>The key of the run.</summary>
    public string Run => _run.Key;

    /// <summary>The number after which rows are counted.</summary>
    /// <param name="totals">The totals of the run; null where nothing was written.</param>
    public long After(string? totals) => UnitConversion.Tally(totals, _run).Closed[_metric];

    /// <summary>Computes what to write.</summary>
    /// <param name="totals">The totals of the run; null where nothing was written.</param>
    /// <param name="rows">
    /// The rows after <see cref="After"/>, in the order of their numbers, at most <see cref="MaxRows"/>. Only as many
    /// are read as are counted.
    /// </param>
    public UnitChanges Apply(string? totals, IEnumerable<UnitRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ExperimentTally tally = UnitConversion.Tally(totals, _run);
        int closed = 0;
        foreach (UnitRow row in rows)
        {
            UnitRecord unit = UnitConversion.Record(row, _run);
            if (!ExperimentTally.IsOver(unit, _run.Metrics[_metric], _now))
                break;
            tally.Close(_run, _metric, unit);
            closed++;
        }
        return new UnitChanges(closed == 0 ? null : StoredJson.Write(tally), [], hasMore: closed >= MaxRows);
    }
}
