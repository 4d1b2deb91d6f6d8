namespace FeatureManagement.ActionTracing;

/// <summary>Tells what experiments have shown. A singleton; thread-safe.</summary>
public interface IExperimentResults
{
    /// <summary>
    /// The result of the last run of a flag's experiment as of now, or null where there was none. May be asked as often
    /// as one likes.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    Task<ExperimentResult?> GetAsync(string flag, CancellationToken cancellationToken = default);

    /// <summary>
    /// Exposures and outcomes that this process has lost because they came faster than they could be written, or the
    /// store was down.
    /// </summary>
    long Dropped { get; }
}
