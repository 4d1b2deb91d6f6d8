namespace FeatureManagement.ActionTracing;

/// <summary>One fault of configuration. Immutable.</summary>
/// <param name="Flag">
/// The flag that keeps its last good definition, or null where the fault is of a file, a section or a setting.
/// </param>
/// <param name="Message">A sentence that names flag, field, value, rule and fix.</param>
/// <param name="Since">When it was first seen.</param>
public sealed record ConfigurationFault(string? Flag, string Message, DateTimeOffset Since);
