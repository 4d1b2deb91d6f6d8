namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Reads the whole section, flag by flag.</summary>
internal static class SectionReader
{
    /// <param name="raw">What the providers say.</param>
    /// <param name="environment">The host's environment.</param>
    /// <param name="before">The reading before, which lends every flag that has not changed; or null.</param>
    public static SectionReading Read(RawSettings raw, string environment, SectionReading? before = null)
    {
        SettingNode section = raw.Section;
        var faults = new List<SettingFault>(raw.Faults);
        var fields = new SettingFields(section, null, SettingReader.SectionName, SettingNames.Section, faults);
        SettingNode? list = fields.Node("featureFlags");
        if (!string.IsNullOrEmpty(list?.Value))
            fields.Fault("featureFlags", $"is '{list.Value}'; it must be an object with a field for each flag");

        IReadOnlyList<SettingNode> nodes = list?.Children ?? [];
        var flags = new Dictionary<string, FlagReading>(nodes.Count, StringComparer.OrdinalIgnoreCase);
        foreach (SettingNode node in nodes)
        {
            FlagReading? known = before?.Flags.GetValueOrDefault(node.Name);
            flags[node.Name] = known is not null && known.Node.Name == node.Name && known.Node.SameAs(node)
                ? known with { Node = node }
                : FlagReader.Read(node, environment);
        }
        return new SectionReading
        {
            Flags = flags,
            Settings = SettingsReader.ReadSettings(fields, faults),
            TraceOutput = SettingsReader.ReadTraceOutput(fields, faults),
            IsEmpty = section.Children.Count == 0,
            Faults = faults,
        };
    }
}
