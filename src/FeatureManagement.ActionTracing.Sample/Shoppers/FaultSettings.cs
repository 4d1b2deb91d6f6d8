using System.ComponentModel.DataAnnotations;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

/// <summary>A fault inside a feature, for a rollout to find.</summary>
public sealed class FaultSettings
{
    /// <summary>The share of uses that fail, 0 to 1.</summary>
    [Range(0, 1)]
    public double ErrorRate { get; set; }

    /// <summary>How much longer each use takes.</summary>
    public TimeSpan Delay { get; set; }
}
