namespace FeatureManagement.ActionTracing;

/// <summary>
/// Wraps units of work, so that they are traced where the flags turn it on, and so that rollouts measure errors and
/// latency. A singleton; every member is thread-safe.
/// </summary>
public interface IActionTracer
{
    /// <summary>
    /// Gets the action that the calling code is part of, or null outside of any, and where neither tracing is on nor a
    /// rollout is active: so <c>tracer.Current?.Fail("payment refused")</c>. Do not dispose it. Safe to call from any
    /// thread.
    /// </summary>
    TracedAction? Current { get; }

    /// <summary>
    /// Begins an action. Flags that are evaluated until it ends, also in code that it awaits or starts, are evaluated
    /// inside it.
    /// </summary>
    /// <param name="name">What is done, in few distinct words: not an id.</param>
    /// <param name="context">
    /// The context; null for the context of the outer action, else for the first context that a flag inside is
    /// evaluated for.
    /// </param>
    /// <returns>The action. Dispose it where it was begun.</returns>
    /// <remarks>
    /// Of nested actions the outermost counts for rollouts; inside one that does not count, as a WebSocket, an action
    /// is the outermost again. Inside the action its context is the ambient one, unless the application's
    /// <c>ITargetingContextAccessor</c> answers. With tracing off and no rollout active, an action without a context
    /// allocates nothing.
    /// </remarks>
    TracedAction StartAction(string name, FeatureFlagContext? context = null);

    /// <summary>
    /// Notes that a gate of a flag decided what the current action does. Call it for both answers, on and off: with the
    /// one the action does its work, with the other it does none.
    /// </summary>
    /// <param name="flag">The flag's name, without regard to case.</param>
    /// <remarks>
    /// <c>[FeatureGate]</c> and <c>WithFeatureGate</c> note themselves. The action then counts for the sample ratio and
    /// for the thresholds, but in neither arm for the comparison of errors and latency. Its errors are judged by the
    /// guard without control.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="flag"/> is null.</exception>
    void NoteGate(string flag);
}
