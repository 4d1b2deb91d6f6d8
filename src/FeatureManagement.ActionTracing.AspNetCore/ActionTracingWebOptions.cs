namespace FeatureManagement.ActionTracing;

/// <summary>What a web application tells action tracing. Set once, in <c>AddAspNetCore</c>.</summary>
public sealed class ActionTracingWebOptions
{
    /// <summary>
    /// The authorization policy that callers need to read flags, audit and dashboard. Null, the default, closes reads, unless the mapped group itself requires
    /// a policy or allows anonymous callers.
    /// </summary>
    public string? ReadPolicy { get; set; }

    /// <summary>The authorization policy that callers need to change anything. Null, the default, closes writes.</summary>
    public string? WritePolicy { get; set; }

    /// <summary>
    /// The authorization policy that callers need to shut a flag down (<c>POST …/emergency</c> and its button), and for nothing else: clearing an emergency
    /// needs <see cref="WritePolicy"/>. Null, the default, means <see cref="WritePolicy"/>.
    /// </summary>
    public string? EmergencyPolicy { get; set; }

    /// <summary>
    /// Exact origins (<c>scheme://host[:port]</c>, no wildcard) from which a browser may write although the <c>Host</c> header that arrives here names another host, as behind a
    /// proxy that replaces it. Empty by default: only the origin that <c>Host</c> names. An entry that is no origin stops the host at start. A browser that sends
    /// <c>Sec-Fetch-Site</c> is judged by that header alone.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>The type of the claims that are targeting groups; null, the default, for the role claims of each identity.</summary>
    public string? GroupClaimType { get; set; }

    /// <summary>
    /// A first-party cookie that keeps visitors who are not signed in apart, so that they stay in their bucket; null, the default, sets none. Whether the law where
    /// you are wants consent for it is yours to find out.
    /// </summary>
    public AnonymousCookie? AnonymousCookie { get; set; }
}
