using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>A document with an interactive page, and a boundary of its own around what may throw.</summary>
public sealed class ShopDocument : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.AddMarkupContent(0, "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><base href=\"/\"><title>Shop</title></head>");
        builder.OpenElement(1, "body");
        builder.OpenComponent<ShopPage>(2);
        builder.AddComponentRenderMode(new InteractiveServerRenderMode(prerender: false));
        builder.CloseComponent();
        builder.AddMarkupContent(3, "<script src=\"_framework/blazor.web.js\"></script>");
        builder.CloseElement();
        builder.AddMarkupContent(4, "</html>");
    }
}
