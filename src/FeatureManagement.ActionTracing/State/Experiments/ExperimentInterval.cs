namespace FeatureManagement.ActionTracing;

/// <summary>An estimate with an interval that holds at every check. Immutable.</summary>
/// <param name="Estimate">The estimate.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record ExperimentInterval(double Estimate, double Low, double High);
