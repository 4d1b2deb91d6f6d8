namespace FeatureManagement.ActionTracing;

/// <summary>Reads the results of experiments. A singleton; thread-safe.</summary>
public interface IExperimentResults
{
    /// <summary>
    /// Returns the last committed check of a flag's experiment, or null where the flag never had one. Reads only: a
    /// running experiment is checked every ten seconds. Before its first check, a run has no units.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="StoreException">The store failed.</exception>
    Task<ExperimentResult?> GetAsync(string flag, CancellationToken cancellationToken = default);

    /// <summary>
    /// How many exposures and outcomes this instance has lost, because they came faster than they could be written or the
    /// store was unavailable.
    /// </summary>
    long Dropped { get; }
}
