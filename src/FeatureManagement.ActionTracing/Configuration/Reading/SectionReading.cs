namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>The whole section, read part by part; the rules between flags are not checked yet. Immutable.</summary>
internal sealed record SectionReading
{
    /// <summary>Every written flag, by name, case-insensitive.</summary>
    public required IReadOnlyDictionary<string, FlagReading> Flags { get; init; }

    /// <summary>The settings, or null where they have a fault.</summary>
    public required FeatureFlagSettings? Settings { get; init; }

    /// <summary>The settings of trace output, or null where they have a fault.</summary>
    public required TraceOutputSettings? TraceOutput { get; init; }

    /// <summary>Whether the section is empty.</summary>
    public required bool IsEmpty { get; init; }

    /// <summary>The faults that are not in a flag.</summary>
    public required IReadOnlyList<SettingFault> Faults { get; init; }

    /// <summary>Sentences about probable mistakes that are not in a flag.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
