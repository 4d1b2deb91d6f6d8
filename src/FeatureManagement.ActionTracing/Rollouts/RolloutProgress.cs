namespace FeatureManagement.ActionTracing;

/// <summary>How far a flag is, in short. Immutable.</summary>
public sealed class RolloutProgress
{
    /// <summary>The flag as configuration spells it.</summary>
    public required string Flag { get; init; }

    /// <summary>The flag's state, all layers together.</summary>
    public required FlagState State { get; init; }

    /// <summary>The flag's type.</summary>
    public required FlagType Type { get; init; }

    /// <summary>The flag's percentage now, 0 to 100.</summary>
    public required decimal CurrentPercentage { get; init; }

    /// <summary>The percentage at which the flag's rollout ends; 100 where there is none.</summary>
    public required decimal TargetPercentage { get; init; }

    /// <summary>When the flag's rollout started; null where there is none.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the rollout will be complete if nothing holds it; null where something does, or there is none.</summary>
    public DateTimeOffset? EstimatedCompletion { get; init; }

    internal static RolloutProgress Of(FlagStatus flag, RolloutStatus? rollout)
    {
        if (rollout is { EndedAt: not null })
            rollout = null;
        return new RolloutProgress
        {
            Flag = flag.Definition.Name,
            State = flag.Definition.State,
            Type = flag.Definition.Type,
            CurrentPercentage = flag.Definition.Percentage,
            TargetPercentage = rollout?.TargetPercentage ?? 100,
            StartedAt = rollout?.StartedAt,
            EstimatedCompletion = rollout?.EstimatedCompletion,
        };
    }
}
