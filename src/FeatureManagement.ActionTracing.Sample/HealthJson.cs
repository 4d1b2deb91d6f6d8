using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FeatureManagement.ActionTracing.Sample;

/// <summary>Writes the health of the shop as JSON, with the reasons.</summary>
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
