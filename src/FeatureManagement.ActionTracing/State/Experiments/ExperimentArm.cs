namespace FeatureManagement.ActionTracing;

/// <summary>One variant in one metric. Immutable.</summary>
/// <param name="Variant">The variant.</param>
/// <param name="Units">The units that count.</param>
/// <param name="Mean">
/// The rate of units that converted, or the mean value, over all steps; null without units. Compare variants by their
/// difference, not by this, where weights have changed.
/// </param>
public sealed record ExperimentArm(string Variant, long Units, double? Mean);
