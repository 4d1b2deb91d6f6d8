using FeatureManagement.ActionTracing.Sample.Experiments;

namespace FeatureManagement.ActionTracing.Sample.Shoppers;

internal static class ShopperServices
{
    public static void AddShoppers(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ShopperSettings>().BindConfiguration("Shoppers").ValidateDataAnnotations();
        builder.Services.AddSingleton<Fault>();
        builder.Services.AddHostedService<ShopperService>();
        builder.Services.AddHostedService<BuyerService>();
    }
}
