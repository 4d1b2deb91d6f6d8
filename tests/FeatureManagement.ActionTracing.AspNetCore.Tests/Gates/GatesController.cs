using Microsoft.AspNetCore.Mvc;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Gates;

/// <summary>Actions behind gates of every kind, and one that asks for the flag itself.</summary>
public sealed class GatesController(IFeatureManagerSnapshot features) : Controller
{
    [HttpGet("gates/all")]
    [FeatureGate(Shop.Flag)]
    public IActionResult All() => Ok();

    [HttpGet("gates/any")]
    [FeatureGate(RequirementType.Any, "none", Shop.Flag)]
    public IActionResult Any() => Ok();

    [HttpGet("gates/not")]
    [FeatureGate(true, Shop.Flag)]
    public IActionResult Not() => Ok();

    [HttpGet("gates/both")]
    [FeatureGate(RequirementType.Any, true, Shop.Flag, "none")]
    public IActionResult NotAny() => Ok();

    [HttpGet("gates/open")]
    public IActionResult Open() => Ok();

    [HttpGet("gates/asked")]
    public async Task<IActionResult> Asked() => await features.IsEnabledAsync(Shop.Flag) ? Ok() : NotFound();
}
