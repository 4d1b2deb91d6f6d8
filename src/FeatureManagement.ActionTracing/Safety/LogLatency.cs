namespace FeatureManagement.ActionTracing.Safety;

/// <summary>Latencies as their natural logarithms in milliseconds: how many, their mean, and the sum of squared differences from it.</summary>
internal readonly record struct LogLatency(long Count, double Mean, double SumOfSquares)
{
    /// <summary>What is shorter counts as this: 0.001 ms.</summary>
    public const double Floor = 0.001;

    public LogLatency Add(double milliseconds)
    {
        double value = Math.Log(Math.Max(milliseconds, Floor));
        double difference = value - Mean;
        double mean = Mean + difference / (Count + 1);
        return new LogLatency(Count + 1, mean, SumOfSquares + difference * (value - mean));
    }

    public static LogLatency operator +(LogLatency left, LogLatency right)
    {
        if (left.Count == 0)
            return right;
        if (right.Count == 0)
            return left;
        long count = left.Count + right.Count;
        double difference = right.Mean - left.Mean;
        return new LogLatency(
            count,
            left.Mean + difference * right.Count / count,
            left.SumOfSquares + right.SumOfSquares + difference * difference * left.Count * right.Count / count);
    }
}
