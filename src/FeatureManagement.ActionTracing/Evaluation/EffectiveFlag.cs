using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>A flag with all layers applied, and where its deciding values came from. Immutable.</summary>
internal sealed record EffectiveFlag
{
    public required FlagDefinition Definition { get; init; }

    public required FlagSource Source { get; init; }

    public required FlagSource StateSource { get; init; }

    public required FlagSource PercentageSource { get; init; }

    /// <summary>The number of the change that last changed the flag at run time; 0 where none did.</summary>
    public long Version { get; init; }

    public required DateTimeOffset LastModified { get; init; }
}
