namespace FeatureManagement.ActionTracing;

/// <summary>What a metric is for.</summary>
public enum MetricRole
{
    /// <summary>It decides.</summary>
    Primary,

    /// <summary>It informs.</summary>
    Secondary,

    /// <summary>It must not get worse.</summary>
    Guardrail,
}
