using Microsoft.AspNetCore.Mvc;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Sample.Products;

/// <summary>Asks for flags through the library's own interfaces.</summary>
[ApiController]
[Route("products")]
public sealed class ProductsController(ProductCatalog catalog, IFeatureManager features, IVariantFeatureManager variants) : ControllerBase
{
    /// <summary>By relevance for those who have the feature, else by id.</summary>
    [HttpGet]
    public async Task<IEnumerable<Product>> List() =>
        await features.IsEnabledAsync("relevance_ranking")
            ? catalog.Products.OrderByDescending(product => product.Relevance)
            : catalog.Products;

    /// <summary>The layout that this visitor's variant asks for.</summary>
    [HttpGet("layout")]
    public async Task<Layout> Layout(CancellationToken cancellationToken)
    {
        Variant? variant = await variants.GetVariantAsync("product_layout", cancellationToken);
        return variant?.Configuration?.Get<Layout>() is { } layout ? layout with { Variant = variant.Name } : new Layout();
    }

    /// <summary>One product.</summary>
    [HttpGet("{id:int}")]
    public ActionResult<Product> Get(int id) =>
        catalog.Products.FirstOrDefault(product => product.Id == id) is { } product ? product : NotFound();
}
