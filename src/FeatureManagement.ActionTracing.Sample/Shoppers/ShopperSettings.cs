using System.ComponentModel.DataAnnotations;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

/// <summary>Simulated customers: <c>Shoppers</c> in appsettings.json. Edits take effect at once.</summary>
public sealed class ShopperSettings
{
    /// <summary>Whether simulated customers are on.</summary>
    public bool Enabled { get; set; }

    /// <summary>The number of customers. Each keeps its id and visits many times.</summary>
    [Range(1, 1_000_000)]
    public int Users { get; set; } = 500;

    /// <summary>The requests per second of all customers together.</summary>
    [Range(0.1, 200)]
    public double RequestsPerSecond { get; set; } = 20;

    /// <summary>The new customers of experiments per second.</summary>
    [Range(0, 1_000)]
    public int BuyersPerSecond { get; set; }

    /// <summary>The fault of the new search.</summary>
    public FaultSettings Fault { get; set; } = new();
}
