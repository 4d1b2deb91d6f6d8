using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>Takes results, so that the JIT cannot leave out the work.</summary>
internal static class Sink
{
    [ThreadStatic]
    private static int _taken;

    public static void Take(bool value) => _taken += value ? 1 : 0;

    public static void Take(int value) => _taken += value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Take(object? value)
    {
    }
}
