using System.ComponentModel.DataAnnotations;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

/// <summary>Simulated customers: <c>Shoppers</c> in appsettings.json. Edits take effect at once.</summary>
public sealed class ShopperSettings
{
    /// <summary>Whether there are any.</summary>
    public bool Enabled { get; set; }

    /// <summary>How many different ones there are. Each comes again and again under the same id.</summary>
    [Range(1, 1_000_000)]
    public int Users { get; set; } = 500;

    /// <summary>How many requests they make in a second, all together.</summary>
    [Range(0.1, 200)]
    public double RequestsPerSecond { get; set; } = 20;

    /// <summary>How many new customers the experiments get in a second.</summary>
    [Range(0, 1_000)]
    public int BuyersPerSecond { get; set; }

    /// <summary>What is wrong with the new search, for those who have it.</summary>
    public FaultSettings Fault { get; set; } = new();
}
