namespace FeatureManagement.ActionTracing.Actions;

/// <summary>A copy of all that was recorded of a watched flag. Immutable.</summary>
internal sealed record OutcomeCounts
{
    public required string Flag { get; init; }

    /// <summary>The step that <see cref="Exposed"/> and <see cref="Control"/> are about.</summary>
    public required int Step { get; init; }

    /// <summary>The units for which the flag was on, in this step.</summary>
    public required RolloutArm Exposed { get; init; }

    /// <summary>The units for which the flag was off, in this step.</summary>
    public required RolloutArm Control { get; init; }

    /// <summary>Exposed actions since the watch began, over all steps.</summary>
    public required ActionCounts Actions { get; init; }

    /// <summary>Exposed actions within the window, over all steps. As fine as the copies are frequent.</summary>
    public required ActionCounts Window { get; init; }

    /// <summary>Exposed actions behind a gate of the flag, which are compared with nothing.</summary>
    public required GatedCounts Gated { get; init; }

    /// <summary>Exposures, since the watch began, of a context with no identity: they count nowhere else.</summary>
    public required long DefaultKeys { get; init; }

    /// <summary>Evaluations, since the watch began, outside any action: they count nowhere else.</summary>
    public required long OutsideActions { get; init; }

    /// <summary>What an outcome must exceed to be slow; null while none is set.</summary>
    public required TimeSpan? SlowThreshold { get; init; }

    /// <summary>
    /// While no slow threshold is set: the first latencies in milliseconds of control's units since the watch began, at
    /// most a thousand. Else empty.
    /// </summary>
    public required IReadOnlyList<double> ControlLatencies { get; init; }

    /// <summary>The part of new units that is taken in: 1 until so many were seen that they have to be sampled. Both arms alike.</summary>
    public required double Sampling { get; init; }
}
