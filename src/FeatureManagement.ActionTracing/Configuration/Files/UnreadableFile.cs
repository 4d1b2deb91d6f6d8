namespace FeatureManagement.ActionTracing.Configuration.Files;

/// <summary>
/// What is opened in place of a file that is not there or may not be read: the platform's provider knows no other way
/// to hear of it.
/// </summary>
internal sealed class UnreadableFile(string reason) : MemoryStream([], writable: false)
{
    public string Reason { get; } = reason;
}
