namespace FeatureManagement.ActionTracing.Sample;

/// <summary>What a newcomer can try.</summary>
internal static class Guide
{
    public static IResult Show() => Results.Json(new
    {
        shop = "A small shop whose features are flags. Edit appsettings.json while it runs, and ask again.",
        tryThis = new Dictionary<string, string>
        {
            ["GET /products"] = "an injected IFeatureManager: sorted by relevance for those who have 'relevance_ranking'",
            ["GET /products/layout"] = "a variant with its configuration: 'product_layout'",
            ["POST /checkout/express"] = "[FeatureGate(\"express_checkout\")] on a controller: 404 for those who do not have it",
            ["GET /search?text=a"] = "old and new behind 'new_search'; Shoppers in appsettings.json use it, and Shoppers:Fault breaks it",
            ["GET /promotions"] = "WithFeatureGate(\"promotions\") on a minimal API",
            ["GET /promotions/banner"] = "an ordinary flag of feature_management: 'holiday_banner'",
            ["GET /action-tracing/api/flags"] = "every flag as it is now",
            ["GET /action-tracing/api/flags/express_checkout/evaluate?userId=alice"] = "who gets a flag, and why",
            ["PATCH /action-tracing/api/flags/express_checkout"] = "an update: {\"percentage\":50,\"reason\":\"it goes well\"}",
            ["POST /action-tracing/api/flags/express_checkout/emergency"] = "the kill switch: {\"reason\":\"orders are lost\"}",
            ["POST /action-tracing/api/flags/express_checkout/emergency/clear"] = "ends it: {\"reason\":\"mended\"}",
            ["GET /healthz"] = "what is wrong with configuration or the store, if anything",
        },
    });
}
