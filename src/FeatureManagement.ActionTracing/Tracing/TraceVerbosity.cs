namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>How much is recorded of an action. Each includes the one before.</summary>
internal enum TraceVerbosity
{
    /// <summary>Name, duration and status.</summary>
    Minimal,

    /// <summary>Also tags, evaluated flags and messages of exceptions.</summary>
    Standard,

    /// <summary>Also the reason of each evaluation, the context and stack traces.</summary>
    Detailed,
}
