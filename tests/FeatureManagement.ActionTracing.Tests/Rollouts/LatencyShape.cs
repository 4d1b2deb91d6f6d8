namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>How the logarithms of latencies are distributed: a table that values are picked from, so that picking is cheap and both arms have exactly the same. Immutable.</summary>
internal sealed class LatencyShape
{
    public static readonly LatencyShape LogNormal = new(static draw => draw.Normal());

    /// <summary>The same mean of logarithms, and a wider spread.</summary>
    public static readonly LatencyShape Wider = new(static draw => 1.5 * draw.Normal());

    /// <summary>Heavy tails on both sides: Student's t with three degrees of freedom.</summary>
    public static readonly LatencyShape LogT3 = new(static draw =>
    {
        double squares = Enumerable.Range(0, 3).Sum(_ => Math.Pow(draw.Normal(), 2));
        return draw.Normal() / Math.Sqrt(squares / 3);
    });

    /// <summary>1 ms, and once in a hundred times 100 ms.</summary>
    public static readonly LatencyShape Bimodal = new(static draw => (draw.Uniform() < 0.01 ? Math.Log(100) : 0) + 0.05 * draw.Normal());

    /// <summary>A tail so heavy that there is no mean.</summary>
    public static readonly LatencyShape Pareto = new(static draw => -Math.Log(draw.Uniform()));

    private const int Bits = 16;

    private readonly double[] _logs;

    private LatencyShape(Func<Draw, double> log)
    {
        var draw = new Draw(20260101);
        double[] logs = [.. Enumerable.Range(0, 1 << Bits).Select(_ => log(draw))];
        // Exactly the same mean for all shapes, so that two of them can be compared.
        double mean = logs.Average();
        _logs = [.. logs.Select(value => value - mean)];
    }

    public double Draw(Draw draw) => _logs[draw.Next() >> (64 - Bits)];
}
