namespace FeatureManagement.ActionTracing.State;

/// <summary>An instance over the store, as the others read it. Immutable.</summary>
internal sealed record InstanceRecord
{
    /// <summary>Who it is: drawn at its start.</summary>
    public required string Id { get; init; }

    /// <summary>When it was last written, by its own clock. Only for cleaning up.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How often it is written, at least.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>A hash of what its configuration answers; empty until it is published.</summary>
    public string Answers { get; init; } = "";

    /// <summary>How many times it has written audit entries without a change of a flag.</summary>
    public long Batches { get; init; }
}
