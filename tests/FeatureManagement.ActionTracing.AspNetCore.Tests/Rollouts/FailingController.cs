using Microsoft.AspNetCore.Mvc;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Rollouts;

/// <summary>A page behind a gate that always fails.</summary>
[ApiController]
[Route("failing")]
public class FailingController : ControllerBase
{
    private static int Total;

    public static int Failures => Volatile.Read(ref Total);

    [HttpGet]
    [FeatureGate("f")]
    public IActionResult Fail()
    {
        Interlocked.Increment(ref Total);
        throw new InvalidOperationException($"{Request.Path} always fails.");
    }
}
