using System.Diagnostics;
using FeatureManagement.ActionTracing.Actions;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// A unit of work that was begun by <see cref="IActionTracer.StartAction"/> and ends when it is disposed. Thread-safe;
/// the default value does nothing.
/// </summary>
public readonly struct TracedAction : IDisposable, IEquatable<TracedAction>
{
    private readonly RunningAction? _running;

    internal TracedAction(RunningAction? running) => _running = running;

    /// <summary>The activity of the action, or null where it is not traced or nobody listens.</summary>
    public Activity? Activity => _running?.Activity;

    internal bool IsTraced => _running is { IsTraced: true };

    internal ActionExposures? Exposures => _running?.Exposures;

    /// <summary>Whether the trace still depends on for whom the action is.</summary>
    internal bool IsUndecided => _running is { IsUndecided: true };

    internal void Identify(Func<FeatureFlagContext> caller) => _running?.Identify(caller);

    internal void Decide() => _running?.Decide();

    /// <summary>Gives the action another name, for where it is known only later.</summary>
    /// <param name="name">What is done, in few distinct words: not an id.</param>
    public void Rename(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        _running?.Rename(name);
    }

    /// <summary>Adds to the trace, where its verbosity is at least <c>standard</c>.</summary>
    /// <param name="name">The name of the tag, by OpenTelemetry's conventions where there is one.</param>
    /// <param name="value">The value. No ids of users, unless that is wanted.</param>
    public void SetTag(string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        _running?.SetTag(name, value);
    }

    /// <summary>
    /// Notes that the action failed, though nothing was thrown out of it. Without this it counts as a success. From a
    /// nested action the outermost fails too.
    /// </summary>
    /// <param name="reason">
    /// What went wrong, in few distinct words: it becomes the tag <c>error.type</c>, so no ids and no messages.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="reason"/> is null.</exception>
    public void Fail(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        _running?.Fail(null, reason);
    }

    /// <summary>Notes that the action failed. Without this it counts as a success. From a nested action the outermost fails too.</summary>
    /// <param name="exception">What was thrown, or null.</param>
    /// <param name="errorType">What kind of error it is, as a tag of few values; null for the type of the exception.</param>
    public void Fail(Exception? exception = null, string? errorType = null) => _running?.Fail(exception, errorType);

    /// <summary>Fails this action alone, because what it throws may still be caught by the action around it.</summary>
    internal void FailAlone(Exception exception) => _running?.FailAlone(exception, null);

    /// <summary>
    /// Notes that the caller cancelled the action before it had its answer. Where it lasted longer than the slow
    /// threshold of a rollout, it counts there as slow, and for nothing else; else it means nothing to rollouts. It is
    /// still traced. A failure that was reported still counts as one, unless it is an
    /// <see cref="OperationCanceledException"/>. Only of the outermost action: of one inside another it has no effect.
    /// </summary>
    public void GiveUp() => _running?.GiveUp();

    /// <summary>
    /// Says that the action means nothing to rollouts, because it lasts as long as its caller likes. It is traced all
    /// the same. Only of the outermost action: of one inside another, which a request is, it has no effect.
    /// </summary>
    public void Ignore() => _running?.Ignore();

    /// <summary>Ends the action. Calling it again is harmless.</summary>
    public void Dispose() => _running?.End();

    /// <inheritdoc/>
    public bool Equals(TracedAction other) => ReferenceEquals(_running, other._running);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TracedAction other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _running?.GetHashCode() ?? 0;

    /// <summary>Whether both are the same action.</summary>
    public static bool operator ==(TracedAction left, TracedAction right) => left.Equals(right);

    /// <summary>Whether they are different actions.</summary>
    public static bool operator !=(TracedAction left, TracedAction right) => !left.Equals(right);
}
