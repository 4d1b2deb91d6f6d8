namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Where traces are written: <c>traceOutput</c>. Immutable.</summary>
internal sealed record TraceOutputSettings
{
    /// <summary>The directory of the trace files, relative to the content root. The default is <c>traces</c>.</summary>
    public string Directory { get; init; } = "traces";

    /// <summary>The maximum size of a file in bytes. The default is 10 MB.</summary>
    public long MaxFileSize { get; init; } = 10_000_000;

    /// <summary>How many files are kept. The default is 10.</summary>
    public int MaxFiles { get; init; } = 10;

    /// <summary>The maximum number of queued traces; further ones are dropped. The default is 10,000.</summary>
    public int QueueLength { get; init; } = 10_000;
}
