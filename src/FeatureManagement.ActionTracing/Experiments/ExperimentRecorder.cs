using System.Collections.Concurrent;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Experiments;

internal sealed partial class ExperimentRecorder(
    SnapshotSource source, AmbientContext ambient, ExperimentQueue queue, ExperimentWriter writer,
    ILogger<ExperimentRecorder> logger)
    : IExperimentRecorder
{
    private const int MaxWarnings = 1_000;

    private readonly ConcurrentDictionary<(string, string), bool> _warned = new();

    public void Record(string flag, FeatureFlagContext? context, string metric, double value = 1)
    {
        ArgumentNullException.ThrowIfNull(flag);
        ArgumentNullException.ThrowIfNull(metric);
        if (source.Current.Find(flag)?.Observers.Experiment is not RunningExperiment experiment)
        {
            queue.Drop("no_experiment");
            return;
        }
        int place = experiment.Run.MetricOf(metric);
        if (place < 0)
        {
            queue.Drop("unknown_metric");
            if (_warned.Count < MaxWarnings && _warned.TryAdd((flag, metric), true))
                LogUnknownMetric(ForeignText.Quote(flag), ForeignText.Quote(metric), NearestName.Find(
                    metric, experiment.Run.Metrics.Select(known => known.Name)) ?? experiment.Run.Config.PrimaryMetric);
            return;
        }
        if (!double.IsFinite(value))
        {
            queue.Drop("not_a_number");
            return;
        }
        if (experiment.Run.Metrics[place].Kind == MetricKind.Binary && value == 0)
            return;
        if (ambient.Get(context).Key is not { } key || key == FeatureFlagContext.DefaultKey)
        {
            queue.Drop("no_unit");
            return;
        }
        experiment.Record(key, place, value);
    }

    public Task FlushAsync(CancellationToken cancellationToken = default) => writer.FlushAsync(cancellationToken);

    [LoggerMessage(EventIds.UnknownMetric, LogLevel.Warning, "The experiment of flag '{Flag}' has no metric "
        + "'{Metric}'; its outcomes are dropped. Did you mean '{Nearest}'?", EventName = "UnknownMetric")]
    private partial void LogUnknownMetric(string flag, string metric, string nearest);
}
