namespace FeatureManagement.ActionTracing.Sample.Checkout;

/// <summary>A paid order, with the number of checkout steps.</summary>
public sealed record Receipt(string Product, int Quantity, decimal Total, int Steps);
