using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FeatureManagement.ActionTracing.Sample;

/// <summary>The health of the shop as JSON, so that it says what is wrong and not just that something is.</summary>
internal static class HealthJson
{
    public static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(
                entry => entry.Key,
                entry => new { status = entry.Value.Status.ToString(), entry.Value.Description, entry.Value.Data }),
        });
}
