using Microsoft.AspNetCore.Mvc;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Sample.Products;

/// <summary>Evaluates flags through the interfaces of Microsoft.FeatureManagement.</summary>
[ApiController]
[Route("products")]
public sealed class ProductsController(
    ProductCatalog catalog, IFeatureManager features, IVariantFeatureManager variants) : ControllerBase
{
    /// <summary>Lists products by relevance with the feature, by id without it.</summary>
    [HttpGet]
    public async Task<IEnumerable<Product>> List()
    {
        if (await features.IsEnabledAsync("relevance_ranking"))
            return catalog.Products.OrderByDescending(product => product.Relevance);
        return catalog.Products;
    }

    /// <summary>The layout of the visitor's variant.</summary>
    [HttpGet("layout")]
    public async Task<Layout> Layout(CancellationToken cancellationToken)
    {
        Variant? variant = await variants.GetVariantAsync("product_layout", cancellationToken);
        if (variant?.Configuration?.Get<Layout>() is { } layout)
            return layout with { Variant = variant.Name };
        return new Layout();
    }

    /// <summary>One product.</summary>
    [HttpGet("{id:int}")]
    public ActionResult<Product> Get(int id)
    {
        if (catalog.Products.FirstOrDefault(product => product.Id == id) is { } product)
            return product;
        return NotFound();
    }
}
