using FeatureManagement.ActionTracing.Configuration.LastGood;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Finds fields that a setting does not have, such as misspelled ones. Pure.</summary>
internal static class KnownFields
{
    public static bool Has(string[] known, string name)
    {
        foreach (string field in known)
            if (ReferenceEquals(field, name) || field.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    /// <summary>The fault of an unknown field, with a suggestion.</summary>
    public static string WhyUnknown(string[] known, SettingNode field)
    {
        const string Text = "is not a known field; ";
        if (MisplacedFlags.LooksLikeFlag(field))
            return Text + $"it looks like a flag, which must be directly in {SettingReader.SectionName}.featureFlags";
        if (NearestName.Find(field.Name, known) is { } nearest)
            return Text + $"did you mean {nearest}?";
        return Text + $"known are {string.Join(", ", known)}";
    }
}
