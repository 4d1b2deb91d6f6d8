namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Access;

/// <summary>Every endpoint that is mapped, and a request that reaches it.</summary>
public sealed record Route(string Method, string Pattern, string Path, string? Body = null)
{
    private static readonly Route[] Calls =
    [
        new("GET", "", ""),
        new("GET", "assets/{version}/{file}", "assets/any/dashboard.css"),
        new("GET", "api/status", "api/status"),
        new("GET", "api/events", "api/events"),
        new("GET", "api/flags", "api/flags"),
        new("GET", "api/flags/{name}", "api/flags/checkout"),
        new("GET", "api/flags/{name}/evaluate", "api/flags/checkout/evaluate?userId=alice"),
        new("POST", "api/flags/{name}/evaluate", "api/flags/checkout/evaluate", """{"userId":"alice"}""") { IsRead = true },
        new("PATCH", "api/flags/{name}", "api/flags/checkout"),
        new("POST", "api/flags/{name}/reset", "api/flags/checkout/reset"),
        new("POST", "api/flags/{name}/emergency", "api/flags/checkout/emergency"),
        new("POST", "api/flags/{name}/emergency/clear", "api/flags/checkout/emergency/clear"),
        new("GET", "api/features", "api/features"),
        new("GET", "api/rollouts", "api/rollouts"),
        new("GET", "api/flags/{name}/rollout", "api/flags/checkout/rollout"),
        new("POST", "api/flags/{name}/rollout", "api/flags/checkout/rollout"),
        new("POST", "api/flags/{name}/rollout/preview", "api/flags/checkout/rollout/preview"),
        new("POST", "api/flags/{name}/rollout/pause", "api/flags/checkout/rollout/pause"),
        new("POST", "api/flags/{name}/rollout/resume", "api/flags/checkout/rollout/resume"),
        new("POST", "api/flags/{name}/rollout/complete", "api/flags/checkout/rollout/complete"),
        new("POST", "api/flags/{name}/rollout/rollback", "api/flags/checkout/rollout/rollback"),
        new("GET", "api/audit", "api/audit?flag=checkout"),
        new("GET", "api/audit/evaluations", "api/audit/evaluations?flag=checkout"),
        new("GET", "api/audit/verify", "api/audit/verify"),
        new("GET", "api/experiments/{name}", "api/experiments/checkout"),
        new("*", "api/{**path}", "api/nothing"),
    ];

    /// <summary>HEAD is there where GET is.</summary>
    public static readonly Route[] All = [.. Calls, .. Calls.Where(call => call.Method == "GET").Select(call => call with { Method = "HEAD" })];

    public bool HasBody => Method is not ("GET" or "HEAD" or "*");

    /// <summary>Asks in its body, and changes nothing.</summary>
    public bool IsRead { get; init; }

    public bool IsWrite => HasBody && !IsRead;

    public bool IsEmergency => Pattern.EndsWith("/emergency", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Pattern}";
}
