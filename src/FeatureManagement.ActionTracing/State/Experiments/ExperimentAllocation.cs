namespace FeatureManagement.ActionTracing;

/// <summary>How many units a variant got, and how many it should have. Immutable.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Units">Distinct units, once per step.</param>
/// <param name="Expected">What the weights promise.</param>
public sealed record ExperimentAllocation(string Variant, long Units, double Expected);
