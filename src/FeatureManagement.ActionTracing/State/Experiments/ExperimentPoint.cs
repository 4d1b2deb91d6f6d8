namespace FeatureManagement.ActionTracing;

/// <summary>What one check found for the primary metric. Immutable.</summary>
/// <param name="At">When.</param>
/// <param name="Variant">The variant.</param>
/// <param name="Units">Distinct units that were exposed, over all variants.</param>
/// <param name="Difference">The variant against control.</param>
public sealed record ExperimentPoint(DateTimeOffset At, string Variant, long Units, ExperimentInterval Difference);
