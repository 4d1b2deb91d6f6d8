namespace FeatureManagement.ActionTracing.Sample.Products;

/// <summary>All products of the shop.</summary>
public sealed class ProductCatalog
{
    /// <summary>The products in the order of their ids.</summary>
    public IReadOnlyList<Product> Products { get; } =
    [
        new(1, "Espresso cups", 24.50m, 0.61),
        new(2, "Hand grinder", 89.00m, 0.93),
        new(3, "Paper filters", 4.20m, 0.35),
        new(4, "Gooseneck kettle", 64.90m, 0.88),
        new(5, "Kitchen scale", 39.00m, 0.72),
    ];
}
