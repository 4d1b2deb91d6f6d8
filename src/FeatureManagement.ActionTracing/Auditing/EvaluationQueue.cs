using System.Diagnostics.Metrics;
using System.Threading.Channels;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Storage.Evaluations;

namespace FeatureManagement.ActionTracing.Auditing;

/// <summary>Evaluations that are to be audited and not yet written. Nobody waits: what finds it full is dropped and counted. Thread-safe.</summary>
internal sealed class EvaluationQueue
{
    private readonly Channel<Seen> _channel;
    private readonly TimeProvider _time;
    private readonly Counter<long> _counter;
    private long _dropped;

    public EvaluationQueue(IMeterFactory meters, TimeProvider time, int capacity = 65_536)
    {
        _channel = Channel.CreateBounded<Seen>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _time = time;
        _counter = meters.Create(ActionTracingMeter.Name).CreateCounter<long>("feature_flag.audit.dropped", "{evaluation}", "Evaluations that should have been audited and were lost.");
    }

    /// <summary>How much was lost because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public int Count => _channel.Reader.Count;

    /// <param name="flag">The flag.</param>
    /// <param name="key">The bucketing key; it is hashed when it is written, not here.</param>
    /// <param name="on">The answer.</param>
    /// <param name="reason">Why; null where the library overruled the flag's rules.</param>
    /// <param name="variant">The variant's name, or null.</param>
    public void Add(CompiledFlag flag, string? key, bool on, EvaluationReason? reason, string? variant)
    {
        if (_channel.Writer.TryWrite(new Seen(_time.GetUtcNow(), flag.Name, key, on, reason, variant)))
            return;
        Interlocked.Increment(ref _dropped);
        _counter.Add(1);
    }

    public bool TryTake(out Seen seen) => _channel.Reader.TryRead(out seen);

    internal readonly record struct Seen(DateTimeOffset At, string Flag, string? Key, bool On, EvaluationReason? Reason, string? Variant)
    {
        public EvaluationAuditEntry Entry(string node) => new()
        {
            At = DateTimeOffset.FromUnixTimeMilliseconds(At.ToUnixTimeMilliseconds()),
            Flag = Flag,
            Enabled = On,
            Variant = Variant,
            Reason = Reason,
            Subject = SubjectHash.OfBucketingKey(Key),
            Node = node,
        };
    }
}
