namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>What is kept of a unit.</summary>
/// <param name="Hash">Its key's hash; the key itself is kept nowhere.</param>
/// <param name="Number">Which unit of the run it was, in the order of first exposures, from 1.</param>
/// <param name="Step">The step of its first exposure, which decides where its outcomes count.</param>
/// <param name="Variant">The variant of its first exposure.</param>
/// <param name="At">When that was, in Unix milliseconds.</param>
/// <param name="SampledStep">The last step in which it was counted for the sample ratio.</param>
/// <param name="Values">Its value for each metric; not a number where it has none. Never changed in place.</param>
internal readonly record struct UnitRecord(ulong Hash, long Number, int Step, int Variant, long At, int SampledStep, double[] Values);
