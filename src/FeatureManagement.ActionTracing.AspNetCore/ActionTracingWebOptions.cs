using FeatureManagement.ActionTracing.AspNetCore.Context;

namespace FeatureManagement.ActionTracing.AspNetCore;

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

    /// <summary>The type of the claims that are targeting groups; null, the default, for the role claims of each identity.</summary>
    public string? GroupClaimType { get; set; }

    /// <summary>
    /// A first-party cookie that keeps visitors who are not signed in apart, so that they stay in their bucket; null, the default, sets none. Whether the law where
    /// you are wants consent for it is yours to find out.
    /// </summary>
    public AnonymousCookie? AnonymousCookie { get; set; }
}
