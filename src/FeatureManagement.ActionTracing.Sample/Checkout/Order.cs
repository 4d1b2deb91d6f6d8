using System.ComponentModel.DataAnnotations;

namespace FeatureManagement.ActionTracing.Sample.Checkout;

/// <summary>An order of one product.</summary>
public sealed record Order(int ProductId, [Range(1, 100)] int Quantity = 1);
