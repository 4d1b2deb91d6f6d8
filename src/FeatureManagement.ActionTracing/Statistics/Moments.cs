namespace FeatureManagement.ActionTracing.Statistics;

/// <summary>How many values there were, their mean, and the sum of squared differences from it (Welford, Chan).</summary>
internal readonly record struct Moments(long Count, double Mean, double SumOfSquares)
{
    /// <summary>Zeros and ones: how many there were, and how many of them were ones.</summary>
    public static Moments OfBinary(long count, long ones)
    {
        if (count == 0)
            return default;
        return new(count, (double)ones / count, ones - (double)ones * ones / count);
    }

    public Moments Add(double value)
    {
        double difference = value - Mean;
        double mean = Mean + difference / (Count + 1);
        return new Moments(Count + 1, mean, SumOfSquares + difference * (value - mean));
    }

    public static Moments operator +(Moments left, Moments right)
    {
        if (left.Count == 0)
            return right;
        if (right.Count == 0)
            return left;
        long count = left.Count + right.Count;
        double difference = right.Mean - left.Mean;
        return new Moments(
            count,
            left.Mean + difference * right.Count / count,
            left.SumOfSquares + right.SumOfSquares + difference * difference * left.Count * right.Count / count);
    }
}
