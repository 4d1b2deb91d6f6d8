namespace FeatureManagement.ActionTracing;

/// <summary>Tells what was accepted and what was rejected of configuration, when and why. A singleton; thread-safe.</summary>
public interface IActionTracingConfigurationStatus
{
    /// <summary>The state as of now. Each call sees the newest; the value itself never changes.</summary>
    ConfigurationReport Current { get; }
}
