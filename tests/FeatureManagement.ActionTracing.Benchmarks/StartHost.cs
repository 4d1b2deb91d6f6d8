using System.Globalization;
using System.Runtime;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>A web application whose first answer a flag decides: with Microsoft.FeatureManagement alone, or with us.</summary>
internal static class StartHost
{
    /// <summary>The flag that decides the answer at <c>/</c>.</summary>
    public const string Flag = "feature_number_0001";

    /// <summary>Runs the host as a process of its own: writes its address, and ends with its standard input.</summary>
    public static async Task RunAsync(string kind, string directory)
    {
        await using WebApplication app = Build(kind, directory);
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        await Console.In.ReadLineAsync();
    }

    /// <param name="kind"><c>without</c> us, or with us: <c>sqlite</c>, <c>mapped</c> (in memory) or <c>memory</c>.</param>
    /// <param name="directory">Has <c>appsettings.json</c>.</param>
    public static WebApplication Build(string kind, string directory)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            EnvironmentName = Environments.Production,
            ContentRootPath = directory,
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        IFeatureManagementBuilder features = builder.Services.AddFeatureManagement();
        if (kind != "without")
            features.WithActionTracing(tracing =>
            {
                if (kind == "sqlite")
                    tracing.UseSqlite($"Data Source={Path.Combine(directory, "action-tracing.db")}");
                tracing.AddAspNetCore();
            });
        WebApplication app = builder.Build();
        if (kind != "without")
            app.UseActionTracing();
        app.MapGet("/", async context =>
        {
            bool on = await context.RequestServices.GetRequiredService<IVariantFeatureManager>().IsEnabledAsync(Flag, context.RequestAborted);
            await context.Response.WriteAsync(on ? "on" : "off");
        });
        app.MapGet("/cost", context => context.Response.WriteAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{GC.GetTotalAllocatedBytes()} {JitInfo.GetCompiledMethodCount()} {JitInfo.GetCompilationTime().TotalMilliseconds}")));
        if (kind is "sqlite" or "mapped")
            app.MapActionTracing("/action-tracing");
        return app;
    }

    /// <summary>Writes the same flags for both: half of them are on, and half at 50 %.</summary>
    public static void WriteSettings(string directory, int flags)
    {
        var theirs = new StringBuilder();
        var ours = new StringBuilder();
        for (int i = 0; i < flags; i++)
        {
            string comma = i == 0 ? "" : ",";
            string name = $"feature_number_{i:0000}";
            bool isOn = i % 2 == 1;
            theirs.Append(comma).Append('"').Append(name).Append("\":").Append(
                isOn ? "true" : """{"EnabledFor":[{"Name":"Percentage","Parameters":{"Value":50}}]}""");
            ours.Append(comma).Append('"').Append(name).Append("\":").Append(
                isOn ? """{"type":"boolean","state":"enabled"}""" : """{"type":"percentage","state":"rollout","percentage":50}""");
        }
        File.WriteAllText(
            Path.Combine(directory, "theirs.json"), "{\"FeatureManagement\":{" + theirs + "}}");
        File.WriteAllText(
            Path.Combine(directory, "ours.json"), "{\"ActionTracing\":{\"featureFlags\":{" + ours + "}}}");
    }

    /// <summary>Puts the settings of one kind in place.</summary>
    public static void UseSettings(string directory, string kind) => File.Copy(
        Path.Combine(directory, kind == "without" ? "theirs.json" : "ours.json"),
        Path.Combine(directory, "appsettings.json"),
        overwrite: true);
}
