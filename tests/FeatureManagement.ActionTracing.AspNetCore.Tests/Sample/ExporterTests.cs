using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

/// <summary>The sample's exporter, switched on by configuration, and a receiver of OTLP over HTTP.</summary>
[Trait("Speed", "Slow")]
public sealed class ExporterTests
{
    [Fact]
    public async Task Otlp_SwitchedOnByConfiguration_SendsActionsAndMeasurements()
    {
        var received = new ConcurrentDictionary<string, string>();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using WebApplication receiver = builder.Build();
        receiver.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            // Texts stand in protocol buffers as they are.
            received.AddOrUpdate(context.Request.Path, Encoding.Latin1.GetString(body.ToArray()), (_, before) => before + Encoding.Latin1.GetString(body.ToArray()));
        });
        await receiver.StartAsync();

        using var root = new TempDirectory();
        root.Write("appsettings.json", $$"""
            {
              "OpenTelemetry": { "Exporter": "otlp" },
              "OTEL_EXPORTER_OTLP_ENDPOINT": "{{receiver.Urls.Single()}}", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
              "OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_METRIC_EXPORT_INTERVAL": "200",
              "ActionTracing": {
                "featureFlags": {
                  "action_tracing_enabled": { "type": "boolean", "state": "enabled" },
                  "performance_monitoring": { "type": "boolean", "state": "enabled" },
                  "new_search": { "type": "boolean", "state": "enabled" }
                }
              }
            }
            """);
        using SampleProcess shop = await SampleProcess.StartAsync(root.Path);
        await shop.GetAsync("/search?text=a");
        await ReceivedAsync("/v1/traces", "FeatureManagement.ActionTracing", "GET /search");
        await ReceivedAsync("/v1/metrics", "FeatureManagement.ActionTracing", "action.duration", "action.active", "feature_flag.evaluations", "new_search");

        async Task ReceivedAsync(string path, params string[] texts)
        {
            foreach (string text in texts)
                await Eventually.EqualAsync(text, () => Task.FromResult(received.GetValueOrDefault(path)?.Contains(text, StringComparison.Ordinal) == true ? text : "nothing"));
        }
    }
}
