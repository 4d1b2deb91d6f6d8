using FeatureManagement.ActionTracing.Sample.Products;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Sample.Delivery;

/// <summary>
/// When a product arrives, said in an old way and a new one. Both ask the carrier first: nearly all of the time goes
/// there, for everybody alike.
/// </summary>
internal static class DeliveryEndpoints
{
    public static void MapDelivery(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/products/{id:int}/delivery", async (int id, IFeatureManager features, ProductCatalog catalog,
            TimeProvider time, CancellationToken cancellationToken) =>
        {
            if (catalog.Products.All(product => product.Id != id))
                return Results.NotFound();
            await Backend.AskAsync(cancellationToken);
            int days = 2 + id % 3;
            return await features.IsEnabledAsync("delivery_promise")
                ? Results.Json(new { arrives = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(days) })
                : Results.Json(new { days });
        });
}
