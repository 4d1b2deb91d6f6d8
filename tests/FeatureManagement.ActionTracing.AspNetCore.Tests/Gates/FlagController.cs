using Microsoft.AspNetCore.Mvc;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Gates;

/// <summary>Actions behind gates.</summary>
[ApiController]
[Route("mvc")]
public class FlagController : ControllerBase
{
    [HttpGet("flag0")]
    [FeatureGate("flag0")]
    public IActionResult First() => Ok("on");

    [HttpGet("flag1")]
    [FeatureGate("flag1")]
    public IActionResult Second() => Ok("on");

    [HttpGet("flag2")]
    [FeatureGate("FLAG2")]
    public IActionResult Third() => Ok("on");
}
