namespace FeatureManagement.ActionTracing.Sample;

/// <summary>What a newcomer can try.</summary>
internal static class Guide
{
    public static IResult Show(HttpRequest request) => Show($"{request.Scheme}://{request.Host}{request.PathBase}");

    private static IResult Show(string shop) => Results.Json(new
    {
        shop = "A small shop whose features are flags. Edit appsettings.json while it runs, and ask again.",
        watch = "Two flags roll out by themselves, on simulated shoppers: 'delivery_promise' reaches everybody in about a minute and a half, and 'new_search', which fails for "
            + "a quarter of those who have it, is rolled back within seconds. See the dashboard at " + shop + "/action-tracing/, or the two calls below.",
        afresh = "Each rollout runs once, and what became of it is kept: stop the shop and delete action-tracing.db beside its appsettings.json to start afresh (and its -wal and -shm, which are there where the shop was killed). "
            + "Or mend new_search (Shoppers:Fault:ErrorRate 0) and change its rolloutConfig, the duration say: new content is a new rollout.",
        calls = "Writes take JSON: curl -X PATCH -H Content-Type:application/json -d @- " + shop + "/action-tracing/api/flags/express_checkout, with {\"percentage\":50,\"reason\":\"it goes well\"} on its input; "
            + "POST /checkout/express takes {\"productId\":2}. curl keeps no cookie, so each call is a new visitor, for whom a share is drawn anew: add -b jar -c jar; or be alice, by -b shop-visitor=alice.",
        audit = "Who did what and why: GET /action-tracing/api/audit, and /action-tracing/api/audit/verify. Experiments: /action-tracing/api/experiments/product_layout.",
        tryThis = new Dictionary<string, string>
        {
            ["GET /products"] = "an injected IFeatureManager: sorted by relevance for those who have 'relevance_ranking'",
            ["GET /products/layout"] = "a variant with its configuration: 'product_layout'",
            ["POST /checkout/express"] = "[FeatureGate(\"express_checkout\")] on a controller: 404 for those who do not have it",
            ["GET /products/2/delivery"] = "old and new behind 'delivery_promise', with the same work on both sides, so that a rollout can compare them",
            ["GET /search?text=a"] = "old and new behind 'new_search'; Shoppers in appsettings.json use it, and Shoppers:Fault breaks it",
            ["GET /promotions"] = "WithFeatureGate(\"promotions\") on a minimal API",
            ["GET /promotions/banner"] = "an ordinary flag of feature_management: 'holiday_banner', which is on from 21 December 2026 to 3 January 2027 only; edit its time window to see it now",
            ["GET /action-tracing/api/flags/delivery_promise/rollout"] = "a rollout that goes well",
            ["GET /action-tracing/api/flags/new_search/rollout"] = "a rollout that was rolled back, and the numbers that decided",
            ["GET /action-tracing/api/flags"] = "every flag as it is now",
            ["GET /action-tracing/api/flags/express_checkout/evaluate?userId=alice"] = "who gets a flag, and why",
            ["PATCH /action-tracing/api/flags/express_checkout"] = "an update: {\"percentage\":50,\"reason\":\"it goes well\"}",
            ["POST /action-tracing/api/flags/express_checkout/emergency"] = "the kill switch: {\"reason\":\"orders are lost\"}",
            ["POST /action-tracing/api/flags/express_checkout/emergency/clear"] = "ends it: {\"reason\":\"mended\"}",
            ["GET /healthz"] = "what is wrong with configuration or the store, if anything",
        },
    });
}
