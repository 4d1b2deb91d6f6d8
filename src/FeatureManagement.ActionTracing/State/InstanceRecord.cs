namespace FeatureManagement.ActionTracing.State;

/// <summary>A process over the store, as it tells the others. Immutable.</summary>
internal sealed record InstanceRecord
{
    /// <summary>Who it is: drawn at its start.</summary>
    public required string Id { get; init; }

    /// <summary>When it last told so, by its own clock. Only for cleaning up.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>How often it tells so, at least.</summary>
    public TimeSpan Every { get; init; }

    /// <summary>A stamp of what its configuration answers; empty while it has not told anybody.</summary>
    public string Answers { get; init; } = "";

    /// <summary>How many times it has written audit entries without a change of a flag.</summary>
    public long Batches { get; init; }
}
