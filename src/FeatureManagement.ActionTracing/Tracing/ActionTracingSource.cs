using System.Diagnostics;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// The name under which OpenTelemetry finds the activities of actions: <c>AddSource(ActionTracingSource.Name)</c>.
/// </summary>
public static class ActionTracingSource
{
    /// <summary>The name of the source.</summary>
    public const string Name = "FeatureManagement.ActionTracing";

    internal static readonly ActivitySource Activities = new(Name);
}
