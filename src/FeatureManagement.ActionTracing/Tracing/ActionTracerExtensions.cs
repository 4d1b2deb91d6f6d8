namespace FeatureManagement.ActionTracing;

/// <summary>Runs work as actions that fail where it throws.</summary>
public static class ActionTracerExtensions
{
    /// <summary>
    /// Runs work as an action. What it throws fails the action and is thrown on; an action around it fails only if it
    /// is not caught there.
    /// </summary>
    /// <param name="tracer">The tracer.</param>
    /// <param name="name">What is done, in few distinct words: not an id.</param>
    /// <param name="context">
    /// For whom; null for the context of the action around it. Inside, it is the ambient context, unless the
    /// application's <c>ITargetingContextAccessor</c> answers.
    /// </param>
    /// <param name="work">The work.</param>
    public static async Task TraceAsync(this IActionTracer tracer, string name, FeatureFlagContext? context, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        await tracer.TraceAsync<object?>(name, context, async () =>
        {
            await work().ConfigureAwait(false);
            return null;
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Runs work that has a result as an action. What it throws fails the action and is thrown on; an action around it
    /// fails only if it is not caught there.
    /// </summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="tracer">The tracer.</param>
    /// <param name="name">What is done, in few distinct words: not an id.</param>
    /// <param name="context">
    /// For whom; null for the context of the action around it. Inside, it is the ambient context, unless the
    /// application's <c>ITargetingContextAccessor</c> answers.
    /// </param>
    /// <param name="work">The work.</param>
    public static async Task<T> TraceAsync<T>(this IActionTracer tracer, string name, FeatureFlagContext? context, Func<Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(tracer);
        ArgumentNullException.ThrowIfNull(work);
        using TracedAction action = tracer.StartAction(name, context);
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            action.FailAlone(exception);
            throw;
        }
    }
}
