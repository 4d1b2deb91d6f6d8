namespace FeatureManagement.ActionTracing.Sample.Checkout;

/// <summary>What was bought, and in how many steps.</summary>
public sealed record Receipt(string Product, int Quantity, decimal Total, int Steps);
