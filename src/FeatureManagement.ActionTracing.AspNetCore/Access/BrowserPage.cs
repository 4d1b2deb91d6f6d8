namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// Endpoint metadata: people open the endpoint in a browser. An unauthenticated caller is challenged, where a scheme
/// has a way to sign in.
/// </summary>
internal sealed class BrowserPage
{
    public static readonly BrowserPage Instance = new();
}
