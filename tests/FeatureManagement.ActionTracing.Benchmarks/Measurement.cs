using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What one call costs.</summary>
internal readonly record struct Cost(double Nanoseconds, double Bytes);

/// <summary>Times loops against each other in one process: in turns, so that a change of the machine's speed meets all of them.</summary>
internal static class Measurement
{
    private const int Rounds = 15;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);

    /// <summary>The median cost of one iteration of each loop. A loop runs its body as often as it is told.</summary>
    public static Cost[] Compare(params Action<int>[] loops)
    {
        int[] iterations = [.. loops.Select(Calibrate)];
        var samples = loops.Select(_ => new double[Rounds]).ToArray();
        for (int round = 0; round < Rounds; round++)
            for (int i = 0; i < loops.Length; i++)
                samples[i][round] = Time(loops[i], iterations[i]) / iterations[i];
        return [.. loops.Select((loop, i) => new Cost(Median(samples[i]), Bytes(loop)))];
    }

    public static double Time(Action<int> loop, int iterations)
    {
        long start = Stopwatch.GetTimestamp();
        loop(iterations);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    // Long enough for the tiered JIT to have settled, then as many iterations as fill a slice.
    private static int Calibrate(Action<int> loop)
    {
        int iterations = 1;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromMilliseconds(400);)
        {
            double elapsed = Time(loop, iterations);
            if (elapsed < Slice.TotalNanoseconds / 2)
                iterations *= 2;
        }
        return Math.Max(1, (int)(iterations * Slice.TotalNanoseconds / Time(loop, iterations)));
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
