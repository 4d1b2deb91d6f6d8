using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>
/// A new key of an edit in a place that allows any name: it may hold the lost part of a flag. Immutable.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Flag">The flag that it is in or that it is; null for a key outside of the section.</param>
/// <param name="Path">
/// The path below the flag, empty for the flag itself; or the whole path outside of the section. With colons.
/// </param>
internal sealed record NewKey(string Name, string? Flag, string Path)
{
    /// <summary>Whether it is the name of an environment.</summary>
    public bool IsEnvironment { get; init; }

    /// <summary>The path for a sentence.</summary>
    public string Place => Flag is null
        ? ForeignText.Quote(Path.Replace(':', '.'))
        : $"featureFlags.{ForeignText.Quote(Flag)}{(Path.Length == 0 ? "" : $".{ForeignText.Quote(Path.Replace(':', '.'))}")}";
}
