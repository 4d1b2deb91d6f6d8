using FeatureManagement.ActionTracing.AspNetCore.Tests.Gates;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.Hosting;
using Microsoft.FeatureManagement.Mvc;

[assembly: RazorCompiledItem(typeof(GatedPage), "mvc.1.0.razor-page", "/Pages/GatedPage.cshtml")]

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Gates;

/// <summary>What the Razor compiler makes of a page whose model is behind a gate.</summary>
[RazorCompiledItemMetadata("RouteTemplate", "/page")]
public sealed class GatedPage : Page
{
    public ViewDataDictionary<GatedModel> ViewData => (ViewDataDictionary<GatedModel>)PageContext.ViewData;

    public GatedModel Model => ViewData.Model;

    public override Task ExecuteAsync()
    {
        WriteLiteral("page");
        return Task.CompletedTask;
    }

    /// <summary>The page's model.</summary>
    [FeatureGate(Shop.Flag)]
    public sealed class GatedModel : PageModel
    {
        public void OnGet() => ViewData["Title"] = "A page behind a gate";
    }
}
