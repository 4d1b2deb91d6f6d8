using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Changes;

/// <summary>A requested change of a flag's run-time layers. Immutable.</summary>
internal sealed record FlagEdit
{
    public required string Flag { get; init; }

    /// <summary>What the audit calls it.</summary>
    public required string Action { get; init; }

    public required FlagChange Change { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// Makes the new record from the configured flag and the record. Pure: it is called again if another change was
    /// faster. The same reference means that there is nothing to change; a <see cref="FlagChangeException"/> refuses.
    /// </summary>
    public required Func<FlagDefinition, FlagRecord, FlagRecord> Decide { get; init; }

    /// <summary>The version that the caller has seen; null for any.</summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>For an edit that ends an override or a rollout: the baseline under it, which is no longer configured. Else null.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>Other documents to write in the same transaction.</summary>
    public IReadOnlyList<DocumentWrite> Also { get; init; } = [];
}
