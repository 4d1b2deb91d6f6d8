namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>How much is recorded of an action. Each includes the one before.</summary>
internal enum TraceVerbosity
{
    /// <summary>That it was, how long it took and whether it failed.</summary>
    Minimal,

    /// <summary>Its tags, the flags that it asked and the message of an exception.</summary>
    Standard,

    /// <summary>Why each flag was on or off, its context and the stack of an exception.</summary>
    Detailed,
}
