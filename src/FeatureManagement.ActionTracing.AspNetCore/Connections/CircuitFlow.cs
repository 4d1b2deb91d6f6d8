using System.Diagnostics;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>The state of a circuit while it handles an event. Used by one thread at a time, the circuit's.</summary>
/// <param name="context">Returns the current context of the circuit, without waiting.</param>
internal sealed class CircuitFlow(Func<FeatureFlagContext?> context)
{
    /// <summary>The current context of the circuit; null for the ambient one.</summary>
    public FeatureFlagContext? Context => context();

    /// <summary>Whether the browser has lost its connection.</summary>
    public bool IsDisconnected { get; set; }

    /// <summary>The current activity before Blazor started the activity of an event.</summary>
    public Activity? Before { get; set; }
}
