using FeatureManagement.ActionTracing.Sample.Products;
using FeatureManagement.ActionTracing.Sample.Shoppers;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Sample.Search;

/// <summary>
/// One page with an old and a new inside: those who do not have the feature do the same work, so that a rollout can
/// compare the two.
/// </summary>
internal static class SearchEndpoints
{
    public static void MapSearch(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/search", async (string? text, IFeatureManager features, ProductCatalog catalog, Fault fault,
            CancellationToken cancellationToken) =>
        {
            await Backend.AskAsync(cancellationToken);
            IEnumerable<Product> found = catalog.Products.Where(
                product => product.Name.Contains(text ?? "", StringComparison.OrdinalIgnoreCase));
            if (!await features.IsEnabledAsync("new_search"))
                return found;
            await fault.StrikeAsync(cancellationToken);
            return found.OrderByDescending(product => product.Relevance);
        });
}
