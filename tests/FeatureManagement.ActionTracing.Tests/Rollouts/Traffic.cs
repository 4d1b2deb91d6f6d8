namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>How actions go with the flag on and off.</summary>
internal sealed record Traffic
{
    public double ExposedErrors { get; init; } = 0.01;

    public double ControlErrors { get; init; } = 0.01;

    /// <summary>Milliseconds, in the middle.</summary>
    public double ExposedLatency { get; init; }

    public double ControlLatency { get; init; }

    /// <summary>Whether a gate of the flag decides what is done.</summary>
    public bool IsGated { get; init; }

    /// <summary>How many users there are that come back; null where each comes once.</summary>
    public int? Returning { get; init; }
}
