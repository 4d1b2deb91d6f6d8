namespace FeatureManagement.ActionTracing;

/// <summary>
/// Records the outcomes of units that got a variant. A singleton; thread-safe. No call throws because of what it
/// records, and none waits.
/// </summary>
public interface IExperimentRecorder
{
    /// <summary>
    /// Records an outcome of an experiment's unit, which is the context's bucketing key. What came before the unit's
    /// first exposure does not count.
    /// </summary>
    /// <param name="flag">The flag whose experiment it is, without regard to case.</param>
    /// <param name="context">For whom; null for the ambient context.</param>
    /// <param name="metric">
    /// The metric, without regard to case. One that the experiment does not have is dropped, counted and logged once.
    /// </param>
    /// <param name="value">For a continuous metric, its value. For a binary one, anything but 0 is a conversion; the first counts.</param>
    void Record(string flag, FeatureFlagContext? context, string metric, double value = 1);

    /// <summary>
    /// Waits until everything recorded before the call is in the store. Only for jobs that end, and for tests: writing
    /// goes on by itself.
    /// </summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="Exception">What the store threw; what was recorded is kept and written later.</exception>
    Task FlushAsync(CancellationToken cancellationToken = default);
}
