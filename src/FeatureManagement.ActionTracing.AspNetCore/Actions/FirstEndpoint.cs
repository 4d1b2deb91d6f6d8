using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>
/// Remembers the endpoint of a request, where <c>UseStatusCodePagesWithReExecute</c> sends the request to an error
/// page. Its feature is removed after the page, so it is read when it clears the endpoint.
/// </summary>
internal sealed class FirstEndpoint(HttpContext context) : IEndpointFeature
{
    private Endpoint? _current = context.GetEndpoint();
    private Endpoint? _replaced;
    private bool _isReplaced;

    Endpoint? IEndpointFeature.Endpoint
    {
        get => _current;
        set
        {
            _current = value;
            if (_isReplaced || context.Features.Get<IStatusCodeReExecuteFeature>() is not { } page)
                return;
            _isReplaced = true;
            _replaced = page.Endpoint;
        }
    }

    /// <summary>The endpoint of the request, not of its error page; null where no route matched.</summary>
    public static Endpoint? Of(HttpContext context)
    {
        if (context.Features.Get<IExceptionHandlerPathFeature>() is { } failed)
            return failed.Endpoint;
        if (context.Features.Get<IEndpointFeature>() is FirstEndpoint { _isReplaced: true } first)
            return first._replaced;
        return context.GetEndpoint();
    }
}
