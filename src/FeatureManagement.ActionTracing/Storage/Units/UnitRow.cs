namespace FeatureManagement.ActionTracing.Storage;

/// <summary>A unit of an experiment as a store keeps it. Within a run, the hash and the number are each unique. Immutable.</summary>
public sealed class UnitRow
{
    /// <summary>The hash of the unit's key. The key itself is not kept.</summary>
    public required long Hash { get; init; }

    /// <summary>The place of the unit in the order of first exposures, from 1 without gaps.</summary>
    public required long Number { get; init; }

    /// <summary>The step of the first exposure.</summary>
    public required int Step { get; init; }

    /// <summary>The place of the variant of the first exposure.</summary>
    public required int Variant { get; init; }

    /// <summary>The time of the first exposure, in Unix milliseconds.</summary>
    public required long At { get; init; }

    /// <summary>The last step in which the unit counted for the sample ratio.</summary>
    public required int SampledStep { get; init; }

    /// <summary>The outcomes, as bytes; empty where there are none.</summary>
    public ReadOnlyMemory<byte> Outcomes { get; init; }
}
