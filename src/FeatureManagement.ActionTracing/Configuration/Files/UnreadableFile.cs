namespace FeatureManagement.ActionTracing.Configuration.Files;

/// <summary>
/// Is opened in place of a file that is missing or not readable: the platform's provider offers no other way to learn
/// of it.
/// </summary>
internal sealed class UnreadableFile(string reason) : MemoryStream([], writable: false)
{
    public string Reason { get; } = reason;
}
