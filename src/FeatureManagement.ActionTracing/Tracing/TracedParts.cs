namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>Which components of tracing are on for an action.</summary>
internal readonly record struct TracedParts(bool Activity, bool Output, bool Metrics, TraceVerbosity Verbosity)
{
    public static TracedParts None => default;
}
