namespace FeatureManagement.ActionTracing;

/// <summary>What <see cref="FeatureFlagConfigurationValidator"/> found. Immutable.</summary>
/// <param name="Valid">Whether there are no errors: a host would start with this configuration.</param>
/// <param name="Errors">Sentences that name flag, field, value, rule and fix; all of them at once.</param>
/// <param name="Warnings">Sentences about what is allowed but looks like a mistake.</param>
public sealed record FeatureFlagConfigurationValidation(bool Valid, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);
