namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>Something that is wrong with one setting.</summary>
/// <param name="Flag">The flag, or null for a setting that belongs to none.</param>
/// <param name="Path">The field below the flag (<c>rolloutConfig.duration</c>) or below the section; empty for the flag itself.</param>
/// <param name="Text">What is wrong: <c>is 140; it must be between 0 and 100</c>.</param>
internal readonly record struct SettingFault(string? Flag, string Path, string Text)
{
    public override string ToString() =>
        (Flag is null ? "" : Path.Length == 0 ? $"Flag '{Flag}' " : $"Flag '{Flag}': ")
        + (Path.Length == 0 ? "" : Path + " ")
        + Text + (Text.EndsWith('?') ? "" : ".");
}
