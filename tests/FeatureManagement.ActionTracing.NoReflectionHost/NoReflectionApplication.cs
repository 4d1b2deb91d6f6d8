using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.NoReflectionHost;

/// <summary>An application of which nothing may be serialized by reflection, as where it is trimmed: <c>&lt;file of the store&gt;</c>.</summary>
/// <remarks>A named class: the tests refer to the sample too, and OpenAPI's generator fails on two classes <c>Program</c>.</remarks>
internal static class NoReflectionApplication
{
    private static void Main(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development, ContentRootPath = Path.GetTempPath() });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["ActionTracing:featureFlags:shop:type"] = "boolean",
            ["ActionTracing:featureFlags:shop:state"] = "enabled",
            ["ActionTracing:featureFlags:next:type"] = "boolean",
            ["ActionTracing:featureFlags:next:state"] = "disabled",
        });
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite(args[0]).AddAspNetCore());
        WebApplication app = builder.Build();
        app.UseActionTracing();
        app.MapActionTracing("/action-tracing");
        app.MapGet("/shop", async (HttpContext context, IFeatureManager features) => await context.Response.WriteAsync(await features.IsEnabledAsync("shop") ? "on" : "off"));
        app.Run();
    }
}
