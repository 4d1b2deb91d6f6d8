using FeatureManagement.ActionTracing.Sample.Products;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Sample.Delivery;

/// <summary>
/// The delivery time of a product: a number of days, or a date with the flag. Both variants call the carrier, which
/// takes nearly all of the time.
/// </summary>
internal static class DeliveryEndpoints
{
    public static void MapDelivery(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/products/{id:int}/delivery", GetAsync);

    private static async Task<IResult> GetAsync(
        int id, IFeatureManager features, ProductCatalog catalog, TimeProvider time, CancellationToken cancellationToken)
    {
        if (catalog.Products.All(product => product.Id != id))
            return Results.NotFound();
        await Backend.CallAsync(cancellationToken);
        int days = 2 + id % 3;
        if (!await features.IsEnabledAsync("delivery_promise"))
            return Results.Json(new { days });
        return Results.Json(new { arrives = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(days) });
    }
}
