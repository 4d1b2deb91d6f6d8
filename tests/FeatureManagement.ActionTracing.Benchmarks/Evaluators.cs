using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>Threads that evaluate a flag without pause, each noting when it last began an evaluation that said on.</summary>
internal sealed class Evaluators : IDisposable
{
    private const int Apart = 16; // so that no two threads write one cache line

    private readonly IFeatureFlagManager _flags;
    private readonly string _flag;
    private readonly Thread[] _threads;
    private readonly long[] _lastOn;
    private readonly long[] _lastOff;
    private volatile bool _stopped;

    public Evaluators(IFeatureFlagManager flags, string flag, int count)
    {
        (_flags, _flag) = (flags, flag);
        _lastOn = new long[count * Apart];
        _lastOff = new long[count * Apart];
        _threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => Evaluate(i)) { IsBackground = true })];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    /// <summary>Milliseconds from the beginning of a kill until no evaluation that begins says on any more.</summary>
    public double Kill(Action kill)
    {
        Wait(_lastOn, Stopwatch.GetTimestamp());
        long start = Stopwatch.GetTimestamp();
        kill();
        Wait(_lastOff, Stopwatch.GetTimestamp());
        // Each has begun an evaluation after the kill was over, or after the flag went off, and it said off; so has every one since.
        long last = _threads.Select((_, i) => Volatile.Read(ref _lastOn[i * Apart])).Max();
        return Math.Max(0, (last - start) * 1e3 / Stopwatch.Frequency);
    }

    public void Dispose()
    {
        _stopped = true;
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Evaluate(int i)
    {
        for (int user = 0; !_stopped; user = (user + 1) % World.Users.Length)
        {
            long began = Stopwatch.GetTimestamp();
            Volatile.Write(ref (_flags.IsEnabled(_flag, World.Users[user]) ? _lastOn : _lastOff)[i * Apart], began);
        }
    }

    private void Wait(long[] notes, long since)
    {
        for (int i = 0; i < _threads.Length; i++)
            while (Volatile.Read(ref notes[i * Apart]) <= since)
                Thread.Sleep(1);
    }
}
