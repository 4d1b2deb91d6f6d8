namespace FeatureManagement.ActionTracing;

/// <summary>
/// A first-party cookie with a random id: HttpOnly, SameSite=Lax, and Secure on HTTPS. It has no data of the visitor.
/// </summary>
public sealed class AnonymousCookie
{
    /// <summary>The cookie's name. The default is <c>action-tracing-id</c>.</summary>
    public string Name { get; set; } = "action-tracing-id";

    /// <summary>How long a browser keeps the cookie after it was set. The default is 180 days.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(180);
}
