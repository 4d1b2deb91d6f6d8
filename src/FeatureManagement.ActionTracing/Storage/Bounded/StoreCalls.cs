using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Diagnostics.Background;

namespace FeatureManagement.ActionTracing.Storage.Bounded;

/// <summary>Calls a store within the bound, and turns failures into reports and exceptions of ours. Thread-safe.</summary>
internal sealed class StoreCalls(BoundedCall bounded, StoreHealth health, IFlagCatalogSource configuration)
{
    /// <exception cref="StoreException">A read failed, or took too long.</exception>
    /// <exception cref="FlagChangeException">A write failed, or took too long.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, StoreCall kind, CancellationToken cancellationToken)
    {
        if (health.IsDisposed)
            throw Unavailable("The host has stopped, and the store with it.", kind);
        try
        {
            T result;
            if (kind == StoreCall.InlineRead)
                result = await bounded.RunInlineAsync(call, cancellationToken).ConfigureAwait(false);
            else
                result = await bounded.RunAsync(call, cancellationToken).ConfigureAwait(false);
            health.Succeeded(kind == StoreCall.Write);
            return result;
        }
        // Any other exception is a failure of the store.
        catch (Exception exception) when (SafeCall.IsFailure(exception, cancellationToken))
        {
            TimeSpan timeout = configuration.Catalog.Settings.DefaultTimeout;
            bool isLate = BoundedCall.IsLate(exception);
            if (isLate && kind == StoreCall.AuditRead)
                throw Unavailable(
                    $"The audit did not answer within {timeout}: it is large, or many read it. Ask for less, or ask again.",
                    kind, exception);
            string error;
            if (isLate)
                error = $"it did not answer within {timeout}";
            else
                error = ForeignText.Escape(exception.Message.TrimEnd('.'));
            health.Failed(error, kind == StoreCall.Write, exception);
            throw Unavailable(StoreHealth.Sentence(error), kind, exception);
        }
    }

    private static Exception Unavailable(string message, StoreCall kind, Exception? cause = null)
    {
        if (kind == StoreCall.Write)
            return new FlagChangeException(FlagChangeError.StoreUnavailable, message, cause);
        return new StoreException(message, cause);
    }
}
