namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Reads the whole section, flag by flag.</summary>
internal static class SectionReader
{
    /// <param name="raw">What the providers say.</param>
    /// <param name="environment">The host's environment.</param>
    public static SectionReading Read(RawSettings raw, string environment)
    {
        SettingNode section = raw.Section;
        var faults = new List<SettingFault>(raw.Faults);
        var fields = new SettingFields(section, null, SettingReader.SectionName, SettingNames.Section, faults);
        SettingNode? list = fields.Node("featureFlags");
        if (!string.IsNullOrEmpty(list?.Value))
            fields.Fault("featureFlags", $"is '{list.Value}'; it must be an object with a field for each flag");

        ReadOnlySpan<SettingNode> nodes = list is null ? [] : list.Children;
        var flags = new Dictionary<string, FlagReading>(nodes.Length, StringComparer.OrdinalIgnoreCase);
        foreach (SettingNode node in nodes)
            flags[node.Name] = FlagReader.Read(node, environment);
        return new SectionReading
        {
            Flags = flags,
            Settings = SettingsReader.ReadSettings(fields, faults),
            TraceOutput = SettingsReader.ReadTraceOutput(fields, faults),
            IsEmpty = !section.HasChildren,
            Faults = faults,
        };
    }
}
