using System.Diagnostics;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>What is known of a circuit while it handles what its browser sends. One thread at a time, that of the circuit.</summary>
/// <param name="context">Says for whom the circuit is, without waiting.</param>
internal sealed class CircuitFlow(Func<FeatureFlagContext?> context)
{
    /// <summary>For whom the circuit is now; null for the ambient context.</summary>
    public FeatureFlagContext? Context => context();

    /// <summary>Whether the browser has lost its connection.</summary>
    public bool IsDisconnected { get; set; }

    /// <summary>The activity that was current before Blazor began the one of an event.</summary>
    public Activity? Before { get; set; }
}
