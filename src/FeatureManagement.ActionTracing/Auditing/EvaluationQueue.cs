using System.Diagnostics.Metrics;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>The evaluations that are to be audited. Thread-safe.</summary>
internal sealed class EvaluationQueue
{
    // A small batch: a kill may wait for the transaction that writes it.
    private const int MaxBatch = 1_000;

    private readonly TimeProvider _time;
    private readonly Counter<long> _dropped;

    public EvaluationQueue(IMeterFactory meters, TimeProvider time, int capacity = 65_536)
    {
        _time = time;
        _dropped = meters.Create(ActionTracingMeter.Name)
            .CreateCounter<long>("feature_flag.audit.dropped", "{evaluation}", "Evaluations that should have been audited and were lost.");
        Writer = new BatchWriter<QueuedEvaluation>(capacity, MaxBatch);
    }

    public BatchWriter<QueuedEvaluation> Writer { get; }

    /// <param name="flag">The flag.</param>
    /// <param name="key">The bucketing key; it is hashed when it is written, not here.</param>
    /// <param name="on">The answer.</param>
    /// <param name="reason">Why; null where Microsoft.FeatureManagement overruled the flag's rules.</param>
    /// <param name="variant">The variant's name, or null.</param>
    public void Add(CompiledFlag flag, string? key, bool on, EvaluationReason? reason, string? variant)
    {
        if (!Writer.TryAdd(new QueuedEvaluation(_time.GetUtcNow(), flag.Name, key, on, reason, variant)))
            _dropped.Add(1);
    }
}
