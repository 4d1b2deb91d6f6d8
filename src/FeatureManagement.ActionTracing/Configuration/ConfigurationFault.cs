namespace FeatureManagement.ActionTracing;

/// <summary>One fault of configuration. Immutable.</summary>
public sealed class ConfigurationFault
{
    internal ConfigurationFault(string? flag, string message, DateTimeOffset since)
    {
        Flag = flag;
        Message = message;
        Since = since;
    }

    /// <summary>
    /// The flag that keeps its last good definition, or null where the fault is of a file, a section or a setting.
    /// </summary>
    public string? Flag { get; }

    /// <summary>A sentence that names flag, field, value, rule and fix.</summary>
    public string Message { get; }

    /// <summary>When it was first seen.</summary>
    public DateTimeOffset Since { get; }
}
