namespace FeatureManagement.ActionTracing.Diagnostics.Background;

/// <summary>Calls code that may block, take long or ignore its token, and waits for a limited time. Thread-safe.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">How long a call may take. It is read at each call.</param>
/// <param name="cancelsAt">
/// The part of the limit after which the token is cancelled. Below 1, a call has time left to say what it waited for.
/// </param>
internal sealed class BoundedCall(TimeProvider time, Func<TimeSpan> limit, double cancelsAt = 1)
{
    /// <summary>Whether an exception of this class says that a call was late.</summary>
    public static bool IsLate(Exception exception) => exception is TimeoutException { InnerException: null or OperationCanceledException };

    /// <summary>Calls on a thread of the pool. A late call goes on, but nobody waits for it.</summary>
    /// <exception cref="TimeoutException">The call was late.</exception>
    public Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        RunInlineAsync(token => Task.Run(() => call(token), token), cancellationToken);

    /// <summary>Calls on the caller's thread, which the call may block. A late call goes on, but nobody waits for it.</summary>
    /// <exception cref="TimeoutException">The call was late.</exception>
    public Task<T> RunInlineAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        TimeSpan bound = limit();
        return WithTokenAsync(token => call(token).WaitAsync(bound, time, cancellationToken), bound, cancellationToken);
    }

    /// <summary>
    /// Calls on a thread of the pool, and waits until the call has ended: a late write must not be made again beside
    /// itself.
    /// </summary>
    /// <exception cref="TimeoutException">The call was late, and ended because of it.</exception>
    public Task<T> RunToEndAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        WithTokenAsync(token => Task.Run(() => call(token), token), limit(), cancellationToken);

    /// <inheritdoc cref="RunToEndAsync{T}"/>
    public Task RunToEndAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => RunToEndAsync(
        async token =>
        {
            await call(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private async Task<T> WithTokenAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan bound, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(bound * cancelsAt, time);
        using var token = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await call(token.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The caller's token ends the wait before it reaches the call, and the link between them is about to be removed.
            await token.CancelAsync().ConfigureAwait(false);
            throw;
        }
        catch (OperationCanceledException exception)
        {
            throw new TimeoutException($"The call did not answer within {bound}.", exception);
        }
    }
}
