using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>
/// Remembers the endpoint that a request was for, where <c>UseStatusCodePagesWithReExecute</c> sends it to the endpoint of an error page. Its feature is
/// gone once the page is done, so that it is asked when it clears the endpoint.
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

    /// <summary>The endpoint of the request, not of its error page; null where no route matched it.</summary>
    public static Endpoint? Of(HttpContext context) =>
        context.Features.Get<IExceptionHandlerPathFeature>() is { } failed ? failed.Endpoint
        : context.Features.Get<IEndpointFeature>() is FirstEndpoint { _isReplaced: true } first ? first._replaced
        : context.GetEndpoint();
}
