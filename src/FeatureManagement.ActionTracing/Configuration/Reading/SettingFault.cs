using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>One fault of a setting.</summary>
/// <param name="Flag">The flag, or null for a setting that belongs to none.</param>
/// <param name="Path">
/// The field below the flag (<c>rolloutConfig.duration</c>) or below the section, fit for a sentence; empty for the
/// flag itself.
/// </param>
/// <param name="Text">
/// The fault: <c>is 140; it must be between 0 and 100</c>. Values in it are fit for a sentence.
/// </param>
internal readonly record struct SettingFault(string? Flag, string Path, string Text)
{
    /// <summary>The flag's name, cut where no flag can have it.</summary>
    public string? ShownFlag => Flag?.Length > FlagReader.MaxNameLength ? ForeignText.Quote(Flag) : Flag;

    /// <summary>The fault of a setting that is below a path.</summary>
    public SettingFault Below(string path) => this with { Path = Path.Length == 0 ? path : $"{path}.{Path}" };

    public override string ToString()
    {
        string flag = "";
        if (ShownFlag is { } name)
            flag = $"Flag '{ForeignText.Escape(name)}'{(Path.Length == 0 ? "" : ":")} ";
        return flag + (Path.Length == 0 ? "" : Path + " ") + Text + (Text.EndsWith('?') ? "" : ".");
    }
}
