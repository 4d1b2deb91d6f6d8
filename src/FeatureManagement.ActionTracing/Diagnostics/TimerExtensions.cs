namespace FeatureManagement.ActionTracing.Diagnostics;

/// <summary>The wait of a background service.</summary>
internal static class TimerExtensions
{
    /// <summary>
    /// Waits for the next tick; false where the service is to stop. Where the start of the host fails, for a port that
    /// is taken, the services that run already are stopped as well, and one that throws then is blamed for it in the
    /// host's log.
    /// </summary>
    public static async ValueTask<bool> NextAsync(this PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return false;
        }
    }
}
