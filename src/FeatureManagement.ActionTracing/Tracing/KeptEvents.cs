using System.Collections.Concurrent;
using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>What happens in an action before its trace is decided: its start, and its events in order. Thread-safe.</summary>
internal sealed class KeptEvents(TimeProvider time)
{
    private readonly ConcurrentQueue<Action> _events = new();
    private volatile bool _isDecided;

    public DateTimeOffset Start { get; } = time.GetUtcNow();

    public ActivityContext Parent { get; } = Activity.Current?.Context ?? default;

    /// <summary>Keeps an event until the trace is decided.</summary>
    public void Add(Action what)
    {
        _events.Enqueue(what);
        // The decision may have come between.
        if (_isDecided)
            Replay();
    }

    /// <summary>The trace is decided.</summary>
    public void Replay()
    {
        _isDecided = true;
        while (_events.TryDequeue(out Action? what))
            what();
    }
}
