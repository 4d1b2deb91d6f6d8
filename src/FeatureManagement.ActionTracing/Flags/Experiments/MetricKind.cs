namespace FeatureManagement.ActionTracing;

/// <summary>How a metric is counted for a unit.</summary>
public enum MetricKind
{
    /// <summary>The unit converted or it did not.</summary>
    Binary,

    /// <summary>The unit has a value.</summary>
    Continuous,
}
