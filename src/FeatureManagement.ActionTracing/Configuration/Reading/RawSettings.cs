using FeatureManagement.ActionTracing.Configuration.LastGood;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>
/// The unparsed section of all providers: the options that <c>IOptionsMonitor</c> watches. It has strings only, so that
/// its creation cannot fail: an options type that fails makes <c>CurrentValue</c> throw and stops <c>OnChange</c>.
/// </summary>
internal sealed class RawSettings
{
    /// <summary>The number of the reading: a later reading has a larger one.</summary>
    public long Version { get; set; }

    public SettingNode Section { get; set; } = new(SettingReader.SectionName);

    /// <summary>Faults in the shape of the section that <see cref="Section"/> no longer shows.</summary>
    public IReadOnlyList<SettingFault> Faults { get; set; } = [];

    /// <summary>Whether a provider wrote <c>featureFlags</c> as a list.</summary>
    public bool HasList { get; set; }

    /// <summary>How many entries the longest such list has.</summary>
    public int ListLength { get; set; }

    /// <summary>Keys outside of the section that may have been meant for it.</summary>
    public IReadOnlyCollection<OutsideKey> Outside { get; set; } = [];

    /// <summary>Sentences about files that cannot be read; their last good content stays in force.</summary>
    public IReadOnlyList<string> FileFaults { get; set; } = [];

    /// <summary>
    /// Whether a provider failed, so that nothing was read and the last good configuration stays in force.
    /// </summary>
    public bool IsUnreadable { get; set; }
}
