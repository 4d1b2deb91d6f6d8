namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>The whole section, read part by part; rules between flags are not yet looked at. Immutable.</summary>
internal sealed record SectionReading
{
    /// <summary>Every flag that is written down, by name without regard to case.</summary>
    public required IReadOnlyDictionary<string, FlagReading> Flags { get; init; }

    /// <summary>The settings, or null where something is wrong with them.</summary>
    public required FeatureFlagSettings? Settings { get; init; }

    /// <summary>The settings of trace output, or null where something is wrong with them.</summary>
    public required TraceOutputSettings? TraceOutput { get; init; }

    /// <summary>Whether the section says nothing at all.</summary>
    public required bool IsEmpty { get; init; }

    /// <summary>What is wrong beside the flags' own faults.</summary>
    public required IReadOnlyList<SettingFault> Faults { get; init; }

    /// <summary>Sentences about what looks like a mistake, beside the flags' own.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
