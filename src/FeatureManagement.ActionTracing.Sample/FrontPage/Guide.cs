namespace FeatureManagement.ActionTracing.Sample.FrontPage;

/// <summary>What a newcomer can try: the content of the front page, for people and for programs.</summary>
internal static class Guide
{
    public const string Shop = "A small shop whose features are flags";

    public const string Edit = "Edit appsettings.json while the shop runs, and ask again: a request answers by the "
        + "new settings within a second.";

    public const string Watch =
        "Two flags roll out to simulated shoppers. 'delivery_promise' is healthy and reaches everybody in about a minute and a half. "
        + "'new_search' fails for a quarter of the users who have it, and is rolled back within seconds.";

    public const string Again =
        "Each rollout starts by itself once. The button on this page starts both again. To see 'new_search' succeed, "
        + "set Shoppers:Fault:ErrorRate to 0 in appsettings.json first.";

    public const string Visitors =
        "curl keeps no cookies: each call is a new visitor, with a new draw of each percentage. Add -b jar -c jar to "
        + "stay the same visitor, or -b shop-visitor=alice to be alice.";

    /// <summary>The rollouts of the demonstration.</summary>
    public static readonly IReadOnlyList<string> Rollouts = ["delivery_promise", "new_search"];

    public static readonly IReadOnlyList<GuideCall> Calls =
    [
        new("GET", "/action-tracing/", "the dashboard"),
        new("GET", "/products", "an injected IFeatureManager: sorted by relevance where 'relevance_ranking' is on"),
        new("GET", "/products/layout", "a variant with its configuration: 'product_layout'"),
        new(
            "GET", "/products/2/delivery",
            "old and new behind 'delivery_promise', with the same work on both sides, so that a rollout can compare them"),
        new("GET", "/search?text=a", "old and new behind 'new_search'; Shoppers:Fault in appsettings.json makes the new one fail"),
        new("GET", "/promotions", "WithFeatureGate(\"promotions\") on a minimal API: 404 for visitors who do not have it"),
        new("GET", "/promotions/banner", "'holiday_banner', an ordinary flag of feature_management: on from 21 "
            + "December 2026 to 3 January 2027; edit its time window to see it now"),
        new("POST", "/checkout/express", "[FeatureGate(\"express_checkout\")] on a controller: 404 for visitors who "
            + "do not have it; alice is on the whitelist", """{"productId":2}""", "alice"),
        new("GET", "/action-tracing/api/flags", "every flag as it is now"),
        new("GET", "/action-tracing/api/flags/express_checkout/evaluate?userId=alice", "whether a user gets a flag, and why"),
        new("PATCH", "/action-tracing/api/flags/express_checkout", "updates a flag", """{"percentage":50,"reason":"no complaints"}"""),
        new("POST", "/action-tracing/api/flags/express_checkout/emergency", "the kill switch", """{"reason":"orders are lost"}"""),
        new("POST", "/action-tracing/api/flags/express_checkout/emergency/clear", "ends the emergency", """{"reason":"fixed"}"""),
        new("GET", "/action-tracing/api/flags/delivery_promise/rollout", "the healthy rollout"),
        new("GET", "/action-tracing/api/flags/new_search/rollout", "the rollout that is rolled back, and the numbers that decided"),
        new("GET", "/action-tracing/api/experiments/product_layout", "an experiment, with its verdict"),
        new("GET", "/action-tracing/api/audit", "who changed what, and why"),
        new("GET", "/action-tracing/api/audit/verify", "whether the audit is unbroken"),
        new("GET", "/healthz", "what is wrong with configuration or the store, if anything"),
    ];
}
