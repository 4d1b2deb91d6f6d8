using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.State.Rollouts;

namespace FeatureManagement.ActionTracing.Rollouts;

/// <summary>What this process's own recorder saw. Thread-safe.</summary>
internal sealed class RecorderMetricsSource(OutcomeRecorder recorder) : IRolloutMetricsSource, IEarlyChecks, IDisposable
{
    private const int EnoughLatencies = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Watched> _watches = new(StringComparer.OrdinalIgnoreCase);

    public event Action<string, EarlyCheck>? Due;

    public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Watched watched = Find_NeedsLock(query);
            if (watched.Query.Step != query.Step)
                watched.BeginStep(query);
            watched.Query = query;
            watched.AtRead = watched.Watch.Alarm.Counts; // first: what happens meanwhile counts twice rather than never
            OutcomeCounts counts = watched.Watch.Read();
            if (query.SlowThreshold is { } slow && counts.SlowThreshold != slow)
                watched.Watch.SetSlowThreshold(slow);
            watched.Gated = counts.Gated;
            return ValueTask.FromResult(new RolloutObservations
            {
                Exposed = counts.Exposed with
                {
                    GatedUnits = counts.Gated.Units - watched.GatedBefore.Units,
                    GatedBad = counts.Gated.Errors - watched.GatedBefore.Errors,
                },
                Control = counts.Control,
                Actions = ActionsOf(counts.Actions - watched.Before),
                Window = ActionsOf(counts.Window),
                GatedWindowUnits = counts.Gated.WindowUnits,
                GatedWindowBad = counts.Gated.WindowErrors,
                ControlPercentile95 = Percentile95(counts.ControlLatencies),
                DefaultKeys = counts.DefaultKeys,
            });
        }
    }

    public void Open(RolloutQuery query)
    {
        lock (_gate)
            Find_NeedsLock(query);
    }

    public void Arm(string flag, BadOutcomes more, EarlyCheck check)
    {
        lock (_gate)
            if (_watches.TryGetValue(flag, out Watched? watched))
                watched.Watch.Alarm.Arm(watched.AtRead.Plus(more), check);
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

    private Watched Find_NeedsLock(RolloutQuery query)
    {
        if (_watches.TryGetValue(query.Flag, out Watched? watched) && watched.Query.RolloutId != query.RolloutId)
        {
            Forget(query.Flag);
            watched = null;
        }
        return watched ?? (_watches[query.Flag] = new Watched(
            recorder.Watch(query.Flag, query.Step, query.Percentage, query.Window, due: check => Due?.Invoke(query.Flag, check)), query));
    }

    private static TimeSpan? Percentile95(IReadOnlyList<double> latencies)
    {
        if (latencies.Count < EnoughLatencies)
            return null;
        return TimeSpan.FromMilliseconds(latencies.Order().ElementAt((int)Math.Ceiling(latencies.Count * 0.95) - 1));
    }

    private sealed class Watched(OutcomeWatch watch, RolloutQuery query)
    {
        public OutcomeWatch Watch => watch;

        public RolloutQuery Query { get; set; } = query;

        /// <summary>Exposed actions of earlier steps.</summary>
        public ActionCounts Before { get; private set; }

        /// <summary>What was said of gated actions, and what of it belongs to earlier steps.</summary>
        public GatedCounts Gated { get; set; }

        public GatedCounts GatedBefore { get; private set; }

        /// <summary>Bad outcomes at the last reading.</summary>
        public BadOutcomes AtRead { get; set; } = BadOutcomes.None;

        public void BeginStep(RolloutQuery next)
        {
            Before = watch.Read().Actions;
            GatedBefore = Gated;
            watch.BeginStep(next.Step, next.Percentage, newRound: Query.Round != next.Round);
        }
    }

    internal static RolloutActions ActionsOf(ActionCounts counts) => new(counts.Actions, counts.Errors, counts.Latency);
}
