using System.Diagnostics;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>An action that has ended, as it goes to the trace files. Immutable.</summary>
internal sealed record TraceRecord(
    string Name,
    DateTimeOffset Start,
    TimeSpan Duration,
    bool Failed,
    ActivityTraceId TraceId,
    ActivitySpanId SpanId,
    ActivitySpanId ParentSpanId,
    IReadOnlyList<KeyValuePair<string, object?>> Tags,
    IReadOnlyList<ActivityEvent> Events);
