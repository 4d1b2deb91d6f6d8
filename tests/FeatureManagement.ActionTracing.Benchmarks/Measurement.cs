using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What one call costs.</summary>
internal readonly record struct Cost(double Nanoseconds, double Bytes);

/// <summary>
/// Times loops against each other in one process: in many short turns, so that a change of the machine's speed meets all of them. Other work on the
/// machine only ever adds to a turn, so that a low quantile says most.
/// </summary>
internal static class Measurement
{
    private const int Rounds = 101;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    /// <summary>What one iteration of each loop costs, at the lower quartile of all turns. A loop runs its body as often as its argument says.</summary>
    public static Cost[] Compare(params Action<int>[] loops)
    {
        // Twice, for the JIT may still be compiling the one loop while the next is running.
        foreach (Action<int> loop in loops)
            Calibrate(loop);
        int[] iterations = [.. loops.Select(Calibrate)];
        var samples = loops.Select(_ => new double[Rounds]).ToArray();
        for (int round = 0; round < Rounds; round++)
            for (int i = 0; i < loops.Length; i++)
                samples[i][round] = Time(loops[i], iterations[i]) / iterations[i];
        return [.. loops.Select((loop, i) => new Cost(Quantile(samples[i], 0.25), Bytes(loop)))];
    }

    public static double Time(Action<int> loop, int iterations)
    {
        long start = Stopwatch.GetTimestamp();
        loop(iterations);
        return (Stopwatch.GetTimestamp() - start) * 1e9 / Stopwatch.Frequency; // a TimeSpan is no finer than 100 ns
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static double Quantile(IEnumerable<double> values, double fraction)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)(fraction * (sorted.Length - 1))];
    }

    // Long enough for the tiered JIT to be done, then as many iterations as fill a slice.
    private static int Calibrate(Action<int> loop)
    {
        int iterations = 1;
        double fastest = double.MaxValue;
        for (long start = Stopwatch.GetTimestamp(); fastest == double.MaxValue || Stopwatch.GetElapsedTime(start) < WarmUp;)
        {
            double elapsed = Time(loop, iterations);
            if (elapsed < Slice.TotalNanoseconds / 2)
                iterations *= 2;
            else
                fastest = Math.Min(fastest, elapsed / iterations);
        }
        return Math.Max(1, (int)(Slice.TotalNanoseconds / fastest));
    }

    private static double Bytes(Action<int> loop)
    {
        const int Iterations = 2_000;
        loop(Iterations);
        long before = GC.GetAllocatedBytesForCurrentThread();
        loop(Iterations);
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Iterations;
    }
}
