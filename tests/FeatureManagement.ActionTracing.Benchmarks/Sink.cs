using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>Takes results, so that the JIT cannot leave out the work.</summary>
internal static class Sink
{
    [ThreadStatic]
    private static int Taken;

    public static void Take(bool value) => Taken += value ? 1 : 0;

    public static void Take(int value) => Taken += value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Take(object? value)
    {
    }
}
