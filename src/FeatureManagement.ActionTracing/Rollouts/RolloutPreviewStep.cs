namespace FeatureManagement.ActionTracing;

/// <summary>A step that a rollout would take if it is never on hold. Immutable.</summary>
public sealed class RolloutPreviewStep
{
    internal RolloutPreviewStep(DateTimeOffset at, decimal percentage, RolloutPhase phase)
    {
        At = at;
        Percentage = percentage;
        Phase = phase;
    }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The percentage from then on, 0 to 100.</summary>
    public decimal Percentage { get; }

    /// <summary>The phase of that percentage; complete for the last.</summary>
    public RolloutPhase Phase { get; }
}
