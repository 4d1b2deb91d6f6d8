namespace FeatureManagement.ActionTracing.Runtime;

/// <summary>A process over the store, as it told the others. Immutable.</summary>
internal sealed record FleetMember
{
    /// <summary>Until when it counts as alive, unless it says so again.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>A stamp of what its configuration answers.</summary>
    public string Answers { get; init; } = "";

    /// <summary>How many times it has written audit entries without a change of a flag.</summary>
    public long Batches { get; init; }
}
