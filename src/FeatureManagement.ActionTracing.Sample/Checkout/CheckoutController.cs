using FeatureManagement.ActionTracing.Sample.Products;
using Microsoft.AspNetCore.Mvc;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.Sample.Checkout;

/// <summary>The old checkout, and a new one behind a gate.</summary>
[ApiController]
[Route("checkout")]
public sealed class CheckoutController(ProductCatalog catalog) : ControllerBase
{
    /// <summary>Pays in three steps.</summary>
    [HttpPost]
    public ActionResult<Receipt> Pay(Order order) => Sell(order, steps: 3);

    /// <summary>Pays in one step. Without the feature the response is 404.</summary>
    [HttpPost("express")]
    [FeatureGate("express_checkout")]
    public ActionResult<Receipt> PayExpress(Order order) => Sell(order, steps: 1);

    private ActionResult<Receipt> Sell(Order order, int steps)
    {
        if (catalog.Products.FirstOrDefault(product => product.Id == order.ProductId) is not { } product)
            return NotFound();
        return new Receipt(product.Name, order.Quantity, product.Price * order.Quantity, steps);
    }
}
