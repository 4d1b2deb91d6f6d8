using Microsoft.AspNetCore.Mvc;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Actions;

public sealed class GatedController(IFeatureManagerSnapshot features) : Controller
{
    [HttpGet("mvc/gated")]
    [FeatureGate("checkout_v2")]
    public IActionResult Gated() => Ok();

    [HttpGet("mvc/any")]
    [FeatureGate(RequirementType.Any, "checkout_v2", "none")]
    public IActionResult GatedByAny() => Ok();

    [HttpGet("mvc/missing")]
    public async Task<IActionResult> Missing() => await features.IsEnabledAsync("checkout_v2") ? Ok() : NotFound();

    public IActionResult Conventional() => Ok();
}
