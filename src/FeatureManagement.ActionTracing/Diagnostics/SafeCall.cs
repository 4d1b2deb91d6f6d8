namespace FeatureManagement.ActionTracing.Diagnostics;

/// <summary>
/// Calls code that may throw anything, such as code of the application. Its exceptions go to a handler, and the caller goes on.
/// </summary>
#pragma warning disable CA1031 // The purpose of this class. Other code has a filter, except AmbientContext, which must not allocate.
internal static class SafeCall
{
    public static void Run(Action call, Action<Exception> onFailure)
    {
        try
        {
            call();
        }
        catch (Exception exception)
        {
            onFailure(exception);
        }
    }

    /// <summary>The result of the call, or the handler's result if the call fails.</summary>
    public static T Run<T>(Func<T> call, Func<Exception, T> onFailure)
    {
        try
        {
            return call();
        }
        catch (Exception exception)
        {
            return onFailure(exception);
        }
    }

    public static async Task RunAsync(Func<Task> call, Action<Exception> onFailure)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            onFailure(exception);
        }
    }

    /// <summary>Whether the call succeeded.</summary>
    public static async Task<bool> TryAsync(Func<Task> call)
    {
        try
        {
            await call().ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>Whether an exception is a failure, and not the end that the caller asked for by its token.</summary>
    public static bool IsFailure(Exception exception, CancellationToken cancellationToken) =>
        exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested;
}
#pragma warning restore CA1031
