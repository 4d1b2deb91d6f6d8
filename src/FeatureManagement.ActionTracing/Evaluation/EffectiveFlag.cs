namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>A flag with all layers applied, and where its deciding values came from. Immutable.</summary>
internal sealed record EffectiveFlag
{
    public required FlagDefinition Definition { get; init; }

    public required FlagSource Source { get; init; }

    public required FlagSource StateSource { get; init; }

    public required FlagSource PercentageSource { get; init; }

    /// <summary>Whether the flag is built in and neither configuration nor an override defines it.</summary>
    public bool IsBuiltIn { get; init; }

    /// <summary>The number of the change that last changed the flag at run time; 0 where none did.</summary>
    public long Version { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>The emergency that was called at run time, or null.</summary>
    public FlagEmergency? Emergency { get; init; }

    /// <summary>Whether the flag has changes that are not yet in the store.</summary>
    public bool IsInOutbox { get; init; }

    /// <summary>A flag without overrides: all of its values have one source.</summary>
    public static EffectiveFlag Of(FlagDefinition definition, FlagSource source, DateTimeOffset at = default) =>
        new()
        {
            Definition = definition,
            Source = source,
            StateSource = source,
            PercentageSource = source,
            LastModified = at,
            IsBuiltIn = source == FlagSource.BuiltIn,
        };
}
