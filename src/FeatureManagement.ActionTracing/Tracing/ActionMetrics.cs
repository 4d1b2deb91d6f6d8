using System.Diagnostics.Metrics;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// The metrics of actions for performance monitoring. Names and units follow OpenTelemetry; user ids are never tags.
/// </summary>
internal sealed class ActionMetrics
{
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _active;

    public ActionMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(ActionTracingMeter.Name);
        _duration = meter.CreateHistogram("action.duration", "s", "How long actions took.", tags: null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        });
        _active = meter.CreateUpDownCounter<long>("action.active", "{action}", "Actions that are under way.");
    }

    public void Begin(string name) => _active.Add(1, new KeyValuePair<string, object?>("action.name", name));

    /// <summary>
    /// Counts an action that began as <paramref name="begun"/>; its duration where <paramref name="measured"/>, under
    /// the name that it has now.
    /// </summary>
    public void End(string begun, string name, bool measured, TimeSpan duration, string? errorType)
    {
        _active.Add(-1, new KeyValuePair<string, object?>("action.name", begun));
        if (!measured)
            return;
        if (errorType is null)
            _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("action.name", name));
        else
            _duration.Record(
                duration.TotalSeconds, new KeyValuePair<string, object?>("action.name", name),
                new KeyValuePair<string, object?>("error.type", errorType));
    }
}
