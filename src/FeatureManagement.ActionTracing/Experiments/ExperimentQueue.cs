using System.Diagnostics.Metrics;
using System.Threading.Channels;
using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>What is recorded and not yet written. Nobody waits: what finds it full is dropped and counted. Thread-safe.</summary>
internal sealed class ExperimentQueue
{
    private readonly Channel<Entry> _channel;
    private readonly Counter<long> _counter;
    private long _dropped;

    public ExperimentQueue(IMeterFactory meters, int capacity = 262_144)
    {
        _channel = Channel.CreateBounded<Entry>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _counter = meters.Create(ActionTracingMeter.Name).CreateCounter<long>("feature_flag.experiment.dropped", "{event}", "Exposures and outcomes of experiments that were lost, by reason.");
    }

    public int Count => _channel.Reader.Count;

    /// <summary>How much was lost because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public bool TryAdd(ExperimentRun run, in ExperimentEvent happened)
    {
        if (_channel.Writer.TryWrite(new Entry(run, happened)))
            return true;
        Interlocked.Increment(ref _dropped);
        Drop("queue_full");
        return false;
    }

    /// <summary>Counts an outcome that belongs nowhere.</summary>
    public void Drop(string reason) => _counter.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public bool TryPeek(out Entry entry) => _channel.Reader.TryPeek(out entry);

    public bool TryTake(out Entry entry) => _channel.Reader.TryRead(out entry);

    internal readonly record struct Entry(ExperimentRun Run, ExperimentEvent Happened);
}
