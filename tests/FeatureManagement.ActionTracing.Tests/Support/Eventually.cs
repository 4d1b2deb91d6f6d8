using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>Waits for what the operating system does in its own time: watchers of files, processes. For all else a test sets the time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    /// <summary>Asks until the answer is yes; fails, with what was there instead, when that takes too long.</summary>
    public static void True(Func<bool> condition, Func<string> otherwise)
    {
        long start = Stopwatch.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Bound, otherwise());
            pause.Wait(TimeSpan.FromMilliseconds(20));
        }
    }

    /// <summary>Asks until the answer is the one expected; fails, with the last one, when that takes too long: half a minute, where nothing else is said.</summary>
    public static async Task EqualAsync(string expected, Func<Task<string>> ask, TimeSpan? bound = null)
    {
        long start = Stopwatch.GetTimestamp();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        string answer;
        while ((answer = await ask()) != expected && Stopwatch.GetElapsedTime(start) < (bound ?? Bound))
            await pause.WaitForNextTickAsync();
        Assert.Equal(expected, answer);
    }
}
