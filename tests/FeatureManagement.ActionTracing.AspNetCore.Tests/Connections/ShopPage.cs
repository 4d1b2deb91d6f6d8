using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>A page of buttons, with a boundary around what they throw.</summary>
[Route("/")]
public sealed class ShopPage : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<ErrorBoundary>(0);
        builder.AddAttribute(1, nameof(ErrorBoundary.ChildContent), (RenderFragment)(content =>
        {
            content.OpenComponent<ShopButtons>(0);
            content.CloseComponent();
        }));
        builder.AddAttribute(2, nameof(ErrorBoundary.ErrorContent), (RenderFragment<Exception>)(_ => content =>
            content.AddMarkupContent(0, "<p id=\"said\">caught by the boundary</p>")));
        builder.CloseComponent();
    }
}
