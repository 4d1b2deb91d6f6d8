namespace FeatureManagement.ActionTracing;

/// <summary>The result of <see cref="FeatureFlagConfigurationValidator"/>. Immutable.</summary>
public sealed class FeatureFlagConfigurationValidation
{
    internal FeatureFlagConfigurationValidation(IReadOnlyList<string> errors, IReadOnlyList<string> warnings)
    {
        Errors = errors;
        Warnings = warnings;
    }

    /// <summary>Whether there are no errors: a host would start with this configuration.</summary>
    public bool IsValid => Errors.Count == 0;

    /// <summary>Sentences that name flag, field, value, rule and fix; all of them at once.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <summary>Sentences about settings that are allowed but are probably mistakes.</summary>
    public IReadOnlyList<string> Warnings { get; }
}
