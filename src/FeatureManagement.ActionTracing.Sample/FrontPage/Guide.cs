namespace FeatureManagement.ActionTracing.Sample.FrontPage;

/// <summary>The content of the front page: calls to try.</summary>
internal static class Guide
{
    public const string Shop = "A small shop whose features are flags";

    public const string Edit =
        "Edit appsettings.json while the shop runs, and repeat the request: new settings apply within a second.";

    public const string Watch =
        "Two flags roll out to simulated shoppers. 'delivery_promise' is healthy and reaches 100 % in about a minute and a half. "
        + "'new_search' fails for a quarter of its exposed users, and is rolled back within seconds.";

    public const string Again =
        "Each rollout starts automatically once. The button on this page starts both again. "
        + "To see 'new_search' succeed, set Shoppers:Fault:ErrorRate to 0 in appsettings.json first.";

    public const string Visitors =
        "curl keeps no cookies, so each call is a new visitor. Add -b jar -c jar to remain the same visitor, "
        + "or -b shop-visitor=alice to be alice.";

    private const string Api = "/action-tracing/api";
    private const string Checkout = $"{Api}/flags/express_checkout";

    /// <summary>The rollouts of the demonstration.</summary>
    public static readonly IReadOnlyList<string> Rollouts = ["delivery_promise", "new_search"];

    public static readonly IReadOnlyList<GuideCall> Calls =
    [
        new("GET", "/action-tracing/", "the dashboard"),
        new("GET", "/products", "an injected IFeatureManager: sorted by relevance where 'relevance_ranking' is on"),
        new("GET", "/products/layout", "a variant with its configuration: 'product_layout'"),
        new(
            "GET",
            "/products/2/delivery",
            "old and new code behind 'delivery_promise'; both do the same work, so that a rollout can compare them"),
        new(
            "GET",
            "/search?text=a",
            "old and new code behind 'new_search'; Shoppers:Fault in appsettings.json makes the new code fail"),
        new("GET", "/promotions", "WithFeatureGate(\"promotions\") on a minimal API: 404 without the flag"),
        new(
            "GET",
            "/promotions/banner",
            "'holiday_banner', an ordinary flag of feature_management: on from 21 December 2026 to 3 January 2027; "
            + "edit its time window to see it now"),
        new(
            "POST",
            "/checkout/express",
            "[FeatureGate(\"express_checkout\")] on a controller: 404 without the flag; alice is on the whitelist",
            """{"productId":2}""",
            "alice"),
        new("GET", $"{Api}/flags", "every flag with its current state"),
        new("GET", $"{Checkout}/evaluate?userId=alice", "an evaluation for a user, with its reason"),
        new("PATCH", Checkout, "updates a flag", """{"percentage":50,"reason":"no complaints"}"""),
        new("POST", $"{Checkout}/emergency", "the kill switch", """{"reason":"orders are lost"}"""),
        new("POST", $"{Checkout}/emergency/clear", "clears the emergency", """{"reason":"fixed"}"""),
        new("GET", $"{Api}/flags/delivery_promise/rollout", "the healthy rollout"),
        new("GET", $"{Api}/flags/new_search/rollout", "the rollout that is rolled back, with its evidence"),
        new("GET", $"{Api}/experiments/product_layout", "an experiment, with its verdict"),
        new("GET", $"{Api}/audit", "who changed what, and why"),
        new("GET", $"{Api}/audit/verify", "verifies the audit chain"),
        new("GET", "/healthz", "the health of configuration and store"),
    ];
}
