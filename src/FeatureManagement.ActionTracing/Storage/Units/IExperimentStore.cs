using FeatureManagement.ActionTracing.State.Experiments;

namespace FeatureManagement.ActionTracing.Storage.Units;

/// <summary>
/// Where the units of experiments are kept, with their sums. A call that fails throws, and has then written everything or nothing. Called from any thread,
/// and by several processes over one store.
/// </summary>
internal interface IExperimentStore
{
    /// <summary>Writes a batch, once, however often it is called. Durable once the task has completed, where the store is.</summary>
    Task WriteAsync(ExperimentBatch batch, CancellationToken cancellationToken);

    /// <summary>Counts units whose windows have closed, some at a time.</summary>
    /// <returns>Whether there may be more.</returns>
    Task<bool> CloseAsync(ExperimentRun run, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The sums of a run, a copy of its own.</summary>
    Task<ExperimentTally> ReadAsync(ExperimentRun run, CancellationToken cancellationToken);
}
