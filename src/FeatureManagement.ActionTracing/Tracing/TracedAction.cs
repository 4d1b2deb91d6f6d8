namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// A unit of work that was begun by <see cref="IActionTracer.StartAction"/> and ends when it is disposed. Thread-safe; the default value does nothing.
/// </summary>
public readonly struct TracedAction : IDisposable, IEquatable<TracedAction>
{
    private readonly RunningAction? _running;

    internal TracedAction(RunningAction? running) => _running = running;

    /// <summary>Says that the action failed. Without this, it counts as a success.</summary>
    /// <param name="exception">What was thrown, or null.</param>
    public void Fail(Exception? exception = null) => _running?.Fail();

    /// <summary>Says that the action's outcome means nothing: it was given up by its caller, or lasts as long as its caller likes.</summary>
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
