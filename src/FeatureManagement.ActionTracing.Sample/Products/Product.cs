namespace FeatureManagement.ActionTracing.Sample.Products;

/// <summary>A product of the shop. Prices are in euros.</summary>
public sealed record Product(int Id, string Name, decimal Price, double Relevance);
