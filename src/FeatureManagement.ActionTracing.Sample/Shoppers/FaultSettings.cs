using System.ComponentModel.DataAnnotations;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

/// <summary>A fault of a feature, which a rollout detects.</summary>
public sealed class FaultSettings
{
    /// <summary>The error rate, 0 to 1.</summary>
    [Range(0, 1)]
    public double ErrorRate { get; set; }

    /// <summary>The additional latency.</summary>
    public TimeSpan Delay { get; set; }
}
