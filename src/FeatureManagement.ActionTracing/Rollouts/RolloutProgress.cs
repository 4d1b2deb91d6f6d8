namespace FeatureManagement.ActionTracing;

/// <summary>How far a flag is, in short. Immutable.</summary>
public sealed class RolloutProgress
{
    internal RolloutProgress()
    {
    }

    /// <summary>The flag as configuration spells it.</summary>
    public string Flag { get; internal init; } = "";

    /// <summary>The flag's state, all layers together.</summary>
    public FlagState State { get; internal init; }

    /// <summary>The flag's type.</summary>
    public FlagType Type { get; internal init; }

    /// <summary>The flag's percentage now, 0 to 100.</summary>
    public decimal CurrentPercentage { get; internal init; }

    /// <summary>The percentage at which the flag's rollout ends; 100 where there is none.</summary>
    public decimal TargetPercentage { get; internal init; }

    /// <summary>When the flag's rollout started; null where there is none.</summary>
    public DateTimeOffset? StartedAt { get; internal init; }

    /// <summary>When the rollout will be complete if nothing holds it; null where something does, or there is none.</summary>
    public DateTimeOffset? EstimatedCompletion { get; internal init; }

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
