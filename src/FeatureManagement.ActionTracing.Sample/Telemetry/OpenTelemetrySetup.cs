using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace FeatureManagement.ActionTracing.Sample.Telemetry;

/// <summary>
/// Sends activities and measurements where <c>OpenTelemetry:Exporter</c> says: <c>console</c>, <c>otlp</c>, or nowhere.
/// </summary>
internal static class OpenTelemetrySetup
{
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        string? exporter = builder.Configuration["OpenTelemetry:Exporter"];
        if (string.IsNullOrEmpty(exporter) || exporter == "none")
            return;
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing =>
            {
                // The request's activity is the parent, and the default sampler drops children of a parent that is not
                // sampled.
                tracing.AddSource("Microsoft.AspNetCore", ActionTracingSource.Name);
                if (exporter == "console")
                    tracing.AddConsoleExporter();
                else
                    tracing.AddOtlpExporter();
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(ActionTracingMeter.Name);
                if (exporter == "console")
                    metrics.AddConsoleExporter();
                else
                    metrics.AddOtlpExporter();
            });
    }
}
