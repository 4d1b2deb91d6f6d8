using FeatureManagement.ActionTracing.Sample.Products;
using FeatureManagement.ActionTracing.Sample.Shoppers;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Sample.Search;

/// <summary>
/// A search with old and new code. Both call the same backend, so that a rollout can compare exposed users with
/// control.
/// </summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/search", SearchAsync);

    private static async Task<IEnumerable<Product>> SearchAsync(
        string? text, IFeatureManager features, ProductCatalog catalog, Fault fault, CancellationToken cancellationToken)
    {
        await Backend.CallAsync(cancellationToken);
        IEnumerable<Product> found = catalog.Products
            .Where(product => product.Name.Contains(text ?? "", StringComparison.OrdinalIgnoreCase));
        if (!await features.IsEnabledAsync("new_search"))
            return found;
        await fault.StrikeAsync(cancellationToken);
        return found.OrderByDescending(product => product.Relevance);
    }
}
