namespace FeatureManagement.ActionTracing;

/// <summary>The result of <see cref="FeatureFlagConfigurationValidator"/>. Immutable.</summary>
/// <param name="Valid">Whether there are no errors: a host would start with this configuration.</param>
/// <param name="Errors">Sentences that name flag, field, value, rule and fix; all of them at once.</param>
/// <param name="Warnings">Sentences about settings that are allowed but are probably mistakes.</param>
public sealed record FeatureFlagConfigurationValidation(bool Valid, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);
