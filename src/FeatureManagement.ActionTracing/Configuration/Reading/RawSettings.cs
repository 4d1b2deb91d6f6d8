using FeatureManagement.ActionTracing.Configuration.LastGood;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>
/// The section as the providers have it, before anything is understood of it: the options that <c>IOptionsMonitor</c> watches. Strings only, so that
/// making them cannot fail; an options type that can fail makes <c>CurrentValue</c> throw and <c>OnChange</c> fall silent.
/// </summary>
internal sealed class RawSettings
{
    public SettingNode Section { get; set; } = new(SettingReader.SectionName);

    /// <summary>What is wrong with the way in which flags are written down, and no longer to be seen in <see cref="Section"/>.</summary>
    public IReadOnlyList<SettingFault> Faults { get; set; } = [];

    /// <summary>Whether a provider wrote <c>featureFlags</c> as a list.</summary>
    public bool HasList { get; set; }

    /// <summary>How many entries the longest such list has.</summary>
    public int ListLength { get; set; }

    /// <summary>What lies outside of the section and may have been meant for it.</summary>
    public IReadOnlyCollection<OutsideKey> Outside { get; set; } = [];

    /// <summary>Sentences about files that cannot be read and for which what they said last stands.</summary>
    public IReadOnlyList<string> FileFaults { get; set; } = [];

    /// <summary>Whether a provider failed, so that nothing at all could be read and what was read last stands.</summary>
    public bool IsUnreadable { get; set; }
}
