using System.Globalization;
using FeatureManagement.ActionTracing.Configuration.LastGood;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Reads the whole section, flag by flag.</summary>
internal static class SectionReader
{
    /// <param name="raw">The settings of the providers.</param>
    /// <param name="environment">The host's environment.</param>
    public static SectionReading Read(RawSettings raw, string environment)
    {
        SettingNode section = raw.Section;
        var faults = new List<SettingFault>(raw.Faults);
        var fields = new SettingFields(section, null, SettingReader.SectionName, SettingNames.Section, faults);
        SettingNode? list = fields.Node("featureFlags");
        if (!string.IsNullOrEmpty(list?.Value))
            fields.Fault("featureFlags", $"is '{ForeignText.Quote(list.Value)}'; it must be an object with a field for each flag");

        ReadOnlySpan<SettingNode> nodes = list is null ? [] : list.Children;
        var flags = new Dictionary<string, FlagReading>(nodes.Length, StringComparer.OrdinalIgnoreCase);
        foreach (SettingNode node in nodes)
            if (!IsListEntry(node.Name, raw.ListLength))
                flags[node.Name] = FlagReader.Read(node, environment);
        var warnings = new List<string>();
        CheckOutside(raw, flags.Count == 0, faults, warnings);
        return new SectionReading
        {
            Flags = flags,
            Settings = SettingsReader.ReadSettings(fields, faults, warnings),
            TraceOutput = SettingsReader.ReadTraceOutput(fields, faults),
            IsEmpty = !section.HasChildren,
            Faults = faults,
            Warnings = warnings,
        };
    }

    private static bool IsListEntry(string name, int length) =>
        length > 0 && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int place)
            && place < length && (name.Length == 1 || name[0] != '0');

    private static void CheckOutside(RawSettings raw, bool noFlags, List<SettingFault> faults, List<string> warnings)
    {
        foreach (OutsideKey key in raw.Outside)
        {
            if (key.IsMisplacedFlag)
                faults.Add(new SettingFault(key.Name, "", $"is at '{key.Place}', where it has no effect; move it "
                    + $"into {SettingReader.SectionName}.featureFlags, or rename it"));
            if (!key.IsMisspelledSection)
                continue;
            var fault = new SettingFault(
                null, key.Place,
                $"is not a known section and has no effect; did you mean {SettingReader.SectionName}?");
            // A renamed section is no fault where our section has flags.
            if (noFlags)
                faults.Add(fault);
            else
                warnings.Add(fault.ToString());
        }
    }
}
