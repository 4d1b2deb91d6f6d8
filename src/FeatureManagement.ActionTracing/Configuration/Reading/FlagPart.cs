namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>One field of a flag in one provider. Equality is case-insensitive and ignores the value.</summary>
/// <param name="Provider">The place of the provider among all.</param>
/// <param name="Path">
/// The field below the flag, with colons: <c>environments:production:state</c>. A list is one field.
/// </param>
internal readonly record struct FlagPart(int Provider, string Path)
{
    public bool Equals(FlagPart other) => Provider == other.Provider && Path.Equals(other.Path, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => HashCode.Combine(Provider, StringComparer.OrdinalIgnoreCase.GetHashCode(Path));

    /// <summary>Whether this is the setting at a path, or below it.</summary>
    public bool IsAt(string path) =>
        path.Length == 0
        || (Path.StartsWith(path, StringComparison.OrdinalIgnoreCase) && (Path.Length == path.Length || Path[path.Length] == ':'));
}
