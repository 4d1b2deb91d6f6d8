using FeatureManagement.ActionTracing.Safety;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>What this process's own recorder saw. Thread-safe.</summary>
internal sealed class RecorderMetricsSource(OutcomeRecorder recorder) : IRolloutMetricsSource, IDisposable
{
    private const int EnoughLatencies = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watched> _watches = new(StringComparer.OrdinalIgnoreCase);

    public ValueTask<RolloutMetrics> ReadAsync(RolloutQuery query, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue(query.Flag, out Watched? watched) && watched.Query.RolloutId != query.RolloutId)
            {
                Forget(query.Flag);
                watched = null;
            }
            if (watched is null)
                _watches[query.Flag] = watched = new Watched(recorder.Watch(query.Flag, query.Step, query.Percentage, query.Window), query);
            else if (watched.Query.Step != query.Step)
            {
                watched.Before = watched.Watch.Read().Actions;
                watched.Watch.BeginStep(query.Step, query.Percentage, newRound: watched.Query.Round != query.Round);
            }
            watched.Query = query;
            OutcomeCounts counts = watched.Watch.Read();
            if (query.SlowThreshold is { } slow && counts.SlowThreshold != slow)
                watched.Watch.SetSlowThreshold(slow);
            return ValueTask.FromResult(new RolloutMetrics
            {
                Exposed = RolloutArm.Of(counts.Exposed),
                Control = RolloutArm.Of(counts.Control),
                Actions = RolloutActions.Of(counts.Actions - watched.Before),
                Window = RolloutActions.Of(counts.Window),
                ControlPercentile95 = Percentile95(counts.ControlLatencies),
                DefaultKeys = counts.DefaultKeys,
            });
        }
    }

    public void Forget(string flag)
    {
        lock (_gate)
            if (_watches.Remove(flag, out Watched? watched))
                watched.Watch.Dispose();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (Watched watched in _watches.Values)
                watched.Watch.Dispose();
            _watches.Clear();
        }
    }

    private static TimeSpan? Percentile95(IReadOnlyList<double> latencies) =>
        latencies.Count < EnoughLatencies ? null : TimeSpan.FromMilliseconds(latencies.Order().ElementAt((int)Math.Ceiling(latencies.Count * 0.95) - 1));

    private sealed class Watched(OutcomeWatch watch, RolloutQuery query)
    {
        public OutcomeWatch Watch => watch;

        public RolloutQuery Query { get; set; } = query;

        /// <summary>Exposed actions of earlier steps.</summary>
        public ActionCounts Before { get; set; }
    }
}
