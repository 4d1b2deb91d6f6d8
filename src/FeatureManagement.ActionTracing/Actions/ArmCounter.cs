using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>Counts the users of one arm. Not thread-safe.</summary>
internal sealed class ArmCounter
{
    // The logarithm of zero does not exist.
    private const double Shortest = 0.001;

    private long _units;
    private long _atRisk;
    private long _bad;
    private long _slowAtRisk;
    private long _slow;
    private Moments _latency;

    /// <summary>Counts the marks that are new to a user.</summary>
    /// <param name="marks">The marks, see <see cref="Unit"/>.</param>
    /// <param name="milliseconds">The latency of the action, for <see cref="Unit.Timed"/>.</param>
    public void Add(ulong marks, double milliseconds = 0)
    {
        _units += One(marks, Unit.Counted);
        _atRisk += One(marks, Unit.AtRisk);
        _bad += One(marks, Unit.Bad);
        _slowAtRisk += One(marks, Unit.SlowAtRisk);
        _slow += One(marks, Unit.Slow);
        if ((marks & Unit.Timed) != 0)
            _latency = _latency.Add(Math.Log(Math.Max(milliseconds, Shortest)));
    }

    /// <summary>Adds the users of another counter, which are other users.</summary>
    public void Add(ArmCounter other)
    {
        _units += other._units;
        _atRisk += other._atRisk;
        _bad += other._bad;
        _slowAtRisk += other._slowAtRisk;
        _slow += other._slow;
        _latency += other._latency;
    }

    /// <summary>Counts one user less.</summary>
    public void Subtract() => _units--;

    public RolloutArm Copy() => new()
    {
        Units = _units,
        AtRisk = _atRisk,
        Bad = _bad,
        SlowAtRisk = _slowAtRisk,
        Slow = _slow,
        Latency = _latency,
    };

    private static int One(ulong marks, ulong mark)
    {
        if ((marks & mark) != 0)
            return 1;
        return 0;
    }
}
