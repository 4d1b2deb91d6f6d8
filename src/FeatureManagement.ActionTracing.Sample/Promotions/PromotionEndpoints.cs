using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.AspNetCore;

namespace FeatureManagement.ActionTracing.Sample.Promotions;

/// <summary>A minimal API behind a gate, and an ordinary flag of Microsoft.FeatureManagement.</summary>
internal static class PromotionEndpoints
{
    public static void MapPromotions(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/promotions", () => Results.Json(new { product = 2, discount = 0.15 }))
            .WithFeatureGate("promotions");
        endpoints.MapGet("/promotions/banner", BannerAsync);
    }

    private static async Task<IResult> BannerAsync(IFeatureManager features)
    {
        string text = "";
        if (await features.IsEnabledAsync("holiday_banner"))
            text = "A flag of Microsoft.FeatureManagement.";
        return Results.Json(new { text });
    }
}
