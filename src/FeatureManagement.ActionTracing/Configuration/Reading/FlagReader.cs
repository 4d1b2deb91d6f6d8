using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Configuration.LastGood;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Reads one flag. <see cref="FlagRules"/> checks the rules between flags.</summary>
internal static class FlagReader
{
    public const int MaxNameLength = 200;

    private static readonly string[] KnownEnvironments = ["development", "dev", "staging", "production"];

    /// <summary>
    /// Reads the flag of an environment. The overlays of all environments are checked, because a file is checked before
    /// it is deployed.
    /// </summary>
    public static FlagReading Read(SettingNode node, string environment)
    {
        string flag = node.Name;
        var faults = new List<SettingFault>();
        if (NameFault(flag) is { } nameFault)
            faults.Add(new SettingFault(flag, "", nameFault));

        var own = new List<SettingFault>();
        var warnings = new List<string>();
        FlagDefinition definition = ReadFields(node, flag, SettingNames.Flag, own, warnings);
        faults.AddRange(own);

        if (node.Find("environments") is { } environments)
        {
            // An empty list has an empty value, and would silently be no overlay at all.
            if (environments.Value is { } text)
                faults.Add(new SettingFault(flag, "environments",
                    $"is '{ForeignText.Quote(text)}'; it must be an object with a field for each environment"));
            var misplaced = new List<string>();
            SettingNode effective = node;
            foreach (SettingNode overlay in environments.Children)
            {
                string path = $"environments.{ForeignText.Quote(overlay.Name)}";
                if (IsNumber(overlay.Name))
                    faults.Add(new SettingFault(flag, path,
                        "is an entry of a list; environments must be an object with a field for each environment"));
                if (overlay.Find("environments") is not null)
                    faults.Add(new SettingFault(flag, path + ".environments", "is not a known field; an overlay has no overlays"));
                var overlayFaults = new List<SettingFault>();
                ReadFields(node.Overlay(overlay), flag, null, overlayFaults, []);
                faults.AddRange(overlayFaults.Except(own).Select(found => found.Below(path)));
                if (IsEnvironment(overlay.Name, environment))
                    effective = effective.Overlay(overlay);
                else if (!KnownEnvironments.Contains(overlay.Name, StringComparer.OrdinalIgnoreCase)
                    && MisplacedFlags.LooksLikeFlag(overlay))
                    misplaced.Add(
                        $"Flag '{ForeignText.Escape(flag)}': {path} has a type and a state, as a flag has. If it is a flag, "
                        + $"move it into {SettingReader.SectionName}.featureFlags; "
                        + "if it is an environment, remove its type.");
            }
            if (!ReferenceEquals(effective, node))
            {
                warnings.Clear();
                definition = ReadFields(effective, flag, null, [], warnings);
            }
            warnings.AddRange(misplaced);
        }
        ListGaps.Warn(node, warnings);
        return new FlagReading(
            flag,
            faults.Count == 0 ? definition : null,
            definition.Parent,
            node.Parts ?? [],
            Parents(node),
            faults.Count == 0 ? [] : faults, // without its capacity
            warnings.Count == 0 ? [] : warnings);
    }

    public static string? NameFault(string name)
    {
        if (name.Length is 0 or > MaxNameLength)
            return $"has a name of {name.Length} characters; it must have between 1 and {MaxNameLength}";
        if (name is "." or "..")
            return "has a name that is a path; choose another";
        foreach (char c in name)
            if (char.IsControl(c) || c is '/' or '\\' or ':')
                return "has a name with a control character, '/', '\\' or ':'; choose another";
        return null;
    }

    private static (string Path, string Name)[] Parents(SettingNode node)
    {
        List<(string, string)>? parents = null;
        if (node.Find("parent")?.Value is { Length: > 0 } own)
            (parents = []).Add(("parent", own));
        if (node.Find("environments") is { } environments)
            foreach (SettingNode overlay in environments.Children)
                if (overlay.Find("parent")?.Value is { Length: > 0 } parent)
                    (parents ??= []).Add(($"environments.{ForeignText.Quote(overlay.Name)}.parent", parent));
        if (parents is null)
            return [];
        return [.. parents];
    }

    private static bool IsNumber(string name) => name.Length > 0 && name.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsEnvironment(string name, string environment) =>
        name.Equals(environment, StringComparison.OrdinalIgnoreCase)
        || (name.Equals("dev", StringComparison.OrdinalIgnoreCase)
            && environment.Equals("Development", StringComparison.OrdinalIgnoreCase));

    // Unknown fields are reported once, at their own place: known is null for a flag with an overlay.
    private static FlagDefinition ReadFields(
        SettingNode node, string flag, string[]? known, List<SettingFault> faults, List<string> warnings)
    {
        SettingNode own = node;
        if (known is null)
            own = node.Without("environments");
        return FlagFields.Read(flag, new SettingFields(own, flag, "", known ?? SettingNames.Overlay, faults), warnings);
    }
}
