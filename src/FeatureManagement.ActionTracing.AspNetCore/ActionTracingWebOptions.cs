namespace FeatureManagement.ActionTracing;

/// <summary>Options of action tracing in a web application. Set once, in <c>AddAspNetCore</c>.</summary>
public sealed class ActionTracingWebOptions
{
    /// <summary>
    /// The authorization policy for reading flags, audit and dashboard. The default, null, denies reads, unless the
    /// mapped group itself requires a policy or allows anonymous callers.
    /// </summary>
    public string? ReadPolicy { get; set; }

    /// <summary>The authorization policy for every change. The default, null, denies writes.</summary>
    public string? WritePolicy { get; set; }

    /// <summary>
    /// The authorization policy for shutting a flag down (<c>POST …/emergency</c> and its button). Clearing an
    /// emergency needs <see cref="WritePolicy"/>. The default, null, means <see cref="WritePolicy"/>.
    /// </summary>
    public string? EmergencyPolicy { get; set; }

    /// <summary>
    /// Exact origins (<c>scheme://host[:port]</c>, no wildcard) from which a browser may write although the <c>Host</c>
    /// header names another host, as behind a proxy that replaces it. The default is empty: only the origin that
    /// <c>Host</c> names.
    /// </summary>
    /// <remarks>
    /// An invalid entry stops the host at start. Where a browser sends <c>Sec-Fetch-Site</c>, only that header decides.
    /// </remarks>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// The claim type of targeting groups. The default, null, means the role claims of each identity.
    /// </summary>
    public string? GroupClaimType { get; set; }

    /// <summary>
    /// A first-party cookie that identifies anonymous visitors, so that each stays in one bucket. The default, null,
    /// sets no cookie. Local law may require consent.
    /// </summary>
    public AnonymousCookie? AnonymousCookie { get; set; }
}
