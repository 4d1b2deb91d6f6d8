using FeatureManagement.ActionTracing;
using FeatureManagement.ActionTracing.Sample;
using FeatureManagement.ActionTracing.Sample.Delivery;
using FeatureManagement.ActionTracing.Sample.FrontPage;
using FeatureManagement.ActionTracing.Sample.Products;
using FeatureManagement.ActionTracing.Sample.Promotions;
using FeatureManagement.ActionTracing.Sample.Search;
using FeatureManagement.ActionTracing.Sample.Shoppers;
using FeatureManagement.ActionTracing.Sample.Telemetry;
using Microsoft.FeatureManagement;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Configuration.KeepLastGoodJson();

builder.Services.AddControllers();
builder.Services.AddSingleton<ProductCatalog>();
builder.Services.AddFeatureManagement()
    .WithActionTracing(tracing => tracing
        .UseSqlite(builder.Configuration.GetConnectionString("ActionTracing") ?? "Data Source=action-tracing.db")
        .AddAspNetCore(web => web.AnonymousCookie = new AnonymousCookie { Name = "shop-visitor" }));
builder.AddShoppers();
builder.AddTelemetry();

WebApplication app = builder.Build();
app.UseActionTracing();
app.MapControllers();
app.MapPromotions();
app.MapSearch();
app.MapDelivery();
app.MapActionTracing("/action-tracing");
app.MapHealthChecks("/healthz", new() { ResponseWriter = HealthJson.WriteAsync }).DisableActionTracing();
app.MapFrontPage();
app.Run();
