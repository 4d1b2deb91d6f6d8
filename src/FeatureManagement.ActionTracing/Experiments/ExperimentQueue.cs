using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Experiments;

/// <summary>Exposures and outcomes that are to be written. Thread-safe.</summary>
internal sealed class ExperimentQueue
{
    private const int MaxBatch = 5_000;

    private readonly Counter<long> _dropped;

    public ExperimentQueue(IMeterFactory meters, int capacity = 262_144)
    {
        Writer = new BatchWriter<Entry>(capacity, MaxBatch);
        _dropped = meters.Create(ActionTracingMeter.Name)
            .CreateCounter<long>(
                "feature_flag.experiment.dropped", "{event}",
                "Exposures and outcomes of experiments that were lost, by reason.");
    }

    public BatchWriter<Entry> Writer { get; }

    /// <summary>Adds an event; false where the queue is full.</summary>
    public bool TryAdd(ExperimentRun run, in ExperimentEvent recorded)
    {
        if (Writer.TryAdd(new Entry(run, recorded)))
            return true;
        Drop("queue_full");
        return false;
    }

    /// <summary>Counts an event that is not recorded.</summary>
    public void Drop(string reason) => _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal readonly record struct Entry(ExperimentRun Run, ExperimentEvent Event);
}
