using FeatureManagement.ActionTracing;
using FeatureManagement.ActionTracing.AspNetCore;
using FeatureManagement.ActionTracing.Sqlite;
using Microsoft.FeatureManagement;

// An application of which nothing may be serialized by reflection, as where it is trimmed: <file of the store>.
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
