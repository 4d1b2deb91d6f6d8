using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.AspNetCore;

namespace FeatureManagement.ActionTracing.Sample.Promotions;

/// <summary>A minimal API behind a gate, and an ordinary flag of the library beside ours.</summary>
internal static class PromotionEndpoints
{
    public static void MapPromotions(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/promotions", () => Results.Json(new { product = 2, discount = 0.15 })).WithFeatureGate("promotions");

        endpoints.MapGet("/promotions/banner", async (IFeatureManager features) =>
            Results.Json(new { text = await features.IsEnabledAsync("holiday_banner") ? "A flag of the library itself." : "" }));
    }
}
