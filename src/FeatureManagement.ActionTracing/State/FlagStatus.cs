using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing;

/// <summary>What a flag is at the moment, all layers together. Immutable.</summary>
public sealed record FlagStatus
{
    /// <summary>Creates the status of a flag, for example for a test of code that reads it.</summary>
    /// <param name="definition">The flag.</param>
    public FlagStatus(FlagDefinition definition) => Definition = definition;

    /// <summary>The flag with all layers applied.</summary>
    public FlagDefinition Definition { get; init; }

    /// <summary>False where the flag is off for everybody: disabled, in emergency, or under an emergency flag or parent that is.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>The highest layer that says something about this flag.</summary>
    public FlagSource Source { get; init; }

    /// <summary>The number of the change that the flag was last changed by at run time; 0 where it never was.</summary>
    public long Version { get; init; }

    /// <summary>
    /// When the flag last changed, by configuration or at run time. With a durable store a restart is no change;
    /// without one, what configuration says counts as changed at the start.
    /// </summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>The emergency that was called at run time, or null. One that configuration sets is seen in the state alone.</summary>
    public FlagEmergency? Emergency { get; init; }

    /// <summary>
    /// Whether all changes of the flag are in the store. False while the store fails after an emergency or a rollback,
    /// which act before they are written.
    /// </summary>
    public bool IsStored { get; init; } = true;

    internal static FlagStatus Of(FlagSnapshot snapshot, CompiledFlag flag) => new(flag.Definition)
    {
        IsEnabled = snapshot.CanBeOn(flag),
        Source = flag.Effective.Source,
        Version = flag.Effective.Version,
        LastModified = flag.Effective.LastModified,
        Emergency = flag.Effective.Emergency,
        IsStored = !flag.Effective.IsInOutbox,
    };
}
