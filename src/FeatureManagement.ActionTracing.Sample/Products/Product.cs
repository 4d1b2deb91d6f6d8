namespace FeatureManagement.ActionTracing.Sample.Products;

/// <summary>Something that the shop sells. Prices are in euros.</summary>
public sealed record Product(int Id, string Name, decimal Price, double Relevance);
