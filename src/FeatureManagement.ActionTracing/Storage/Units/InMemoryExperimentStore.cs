using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Storage.Units;

/// <summary>Keeps units in memory, for as long as the process lives. Thread-safe.</summary>
internal sealed class InMemoryExperimentStore : IExperimentStore
{
    private const int MaxClosed = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Kept> _runs = new(StringComparer.Ordinal);

    public Task WriteAsync(ExperimentBatch batch, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Kept kept = Of(batch.Run);
            if (kept.Written.GetValueOrDefault(batch.Writer) >= batch.Number)
                return Task.CompletedTask;
            foreach (ExperimentEvent happened in batch.Events)
                kept.Apply(batch.Run, happened);
            kept.Written[batch.Writer] = batch.Number;
            return Task.CompletedTask;
        }
    }

    public Task<bool> CloseAsync(ExperimentRun run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(Of(run).Close(run, now.ToUnixTimeMilliseconds()));
    }

    public Task<ExperimentTally> ReadAsync(ExperimentRun run, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(Of(run).Tally.Copy());
    }

    private Kept Of(ExperimentRun run)
    {
        if (!_runs.TryGetValue(run.Key, out Kept? kept))
            _runs.Add(run.Key, kept = new Kept(ExperimentTally.For(run)));
        return kept;
    }

    private sealed class Kept(ExperimentTally tally)
    {
        private readonly Dictionary<ulong, int> _places = [];
        private readonly List<UnitRecord> _units = []; // in the order of their numbers, which begin at 1

        public ExperimentTally Tally => tally;

        public Dictionary<string, long> Written { get; } = new(StringComparer.Ordinal);

        public void Apply(ExperimentRun run, in ExperimentEvent happened)
        {
            int place = _places.GetValueOrDefault(happened.Unit, -1);
            if (tally.Apply(run, place < 0 ? null : _units[place], happened) is not { } changed)
                return;
            if (place >= 0)
            {
                _units[place] = changed;
                return;
            }
            _places.Add(happened.Unit, _units.Count);
            _units.Add(changed);
        }

        public bool Close(ExperimentRun run, long now)
        {
            bool more = false;
            for (int metric = 0; metric < run.Metrics.Count; metric++)
            {
                if (run.Metrics[metric].Window is null)
                    continue;
                int closed = 0;
                for (; closed < MaxClosed && tally.Closed[metric] < _units.Count; closed++)
                {
                    UnitRecord unit = _units[(int)tally.Closed[metric]];
                    if (!ExperimentTally.IsOver(unit, run.Metrics[metric], now))
                        break;
                    tally.Close(run, metric, unit);
                }
                more |= closed == MaxClosed;
            }
            return more;
        }
    }
}
