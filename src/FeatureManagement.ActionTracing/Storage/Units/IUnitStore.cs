namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// Keeps the units of experiments as rows, and the totals of each run as a text. The store does not interpret either: a batch or a closing
/// computes what to write.
/// </summary>
public interface IUnitStore
{
    /// <summary>
    /// Writes a batch in one transaction: reads the run's totals and the rows of the batch's units, calls
    /// <see cref="UnitBatch.Apply"/>, and writes what it returns. Writes nothing where the batch's number is not larger
    /// than the last number of its writer in this run.
    /// </summary>
    /// <param name="batch">What to write.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task WriteAsync(UnitBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// Counts units whose window has closed, in one transaction: reads the run's totals and the rows after
    /// <see cref="UnitClosing.After"/>, calls <see cref="UnitClosing.Apply"/>, and writes what it returns.
    /// </summary>
    /// <param name="closing">What to count.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    /// <returns><see cref="UnitChanges.HasMore"/>: whether the call is to be repeated.</returns>
    Task<bool> CloseAsync(UnitClosing closing, CancellationToken cancellationToken);

    /// <summary>Reads the totals of a run; null where nothing was written.</summary>
    /// <param name="run">The key of the run.</param>
    /// <param name="cancellationToken">Bounds the call.</param>
    Task<string?> ReadTotalsAsync(string run, CancellationToken cancellationToken);
}
