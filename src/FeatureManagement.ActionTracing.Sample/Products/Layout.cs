namespace FeatureManagement.ActionTracing.Sample.Products;

/// <summary>The layout of the product list. The defaults apply without a variant.</summary>
public sealed record Layout
{
    /// <summary>The variant, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>Products in a row.</summary>
    public int Columns { get; init; } = 1;

    /// <summary>Whether each has a picture.</summary>
    public bool Pictures { get; init; }
}
