namespace FeatureManagement.ActionTracing;

/// <summary>The name under which OpenTelemetry finds this library: <c>AddMeter(ActionTracingMeter.Name)</c>.</summary>
public static class ActionTracingMeter
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "FeatureManagement.ActionTracing";
}
