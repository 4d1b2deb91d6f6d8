namespace FeatureManagement.ActionTracing;

/// <summary>A random id in a first-party cookie: HttpOnly, SameSite=Lax, and Secure on HTTPS. It says nothing about its visitor.</summary>
public sealed class AnonymousCookie
{
    /// <summary>The cookie's name. The default is <c>action-tracing-id</c>.</summary>
    public string Name { get; set; } = "action-tracing-id";

    /// <summary>How long a browser keeps it, counted from the last time it was set. The default is 180 days.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(180);
}
