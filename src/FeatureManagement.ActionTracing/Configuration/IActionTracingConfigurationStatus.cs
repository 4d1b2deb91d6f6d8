namespace FeatureManagement.ActionTracing;

/// <summary>
/// Reports accepted and rejected changes of configuration, with time and reason. A singleton; thread-safe.
/// </summary>
public interface IActionTracingConfigurationStatus
{
    /// <summary>The current report. It is immutable; each call returns the newest.</summary>
    ConfigurationReport Current { get; }
}
