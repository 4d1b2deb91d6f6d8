namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>That a unit saw a variant, or had an outcome.</summary>
/// <param name="Unit">The hash of the unit's key.</param>
/// <param name="Metric">The place of the metric; -1 for an exposure.</param>
/// <param name="Value">The outcome.</param>
/// <param name="Step">The step that was going on.</param>
/// <param name="Variant">The place of the variant that was seen.</param>
/// <param name="At">When, in Unix milliseconds.</param>
internal readonly record struct ExperimentEvent(ulong Unit, int Metric, double Value, int Step, int Variant, long At)
{
    public bool IsExposure => Metric < 0;
}
