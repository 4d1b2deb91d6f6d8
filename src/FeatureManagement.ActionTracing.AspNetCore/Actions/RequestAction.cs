using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>
/// Marks a request as an action. An exception handler may run the pipeline a second time for the same request.
/// </summary>
internal sealed class RequestAction(HttpContext context, TracedAction action)
{
    private IHttpResponseTrailersFeature? _trailers;
    private IHttpResponseBodyFeature? _inner;
    private CountingResponseBody? _body;

    public TracedAction Action => action;

    /// <summary>Whether the complete response was sent before the connection closed.</summary>
    public bool IsResponseComplete => _body is { IsComplete: true };

    /// <summary>The status of a gRPC call; null for any other request.</summary>
    public int? GrpcCode
    {
        get
        {
            if (!GrpcStatus.Has(context.Response))
                return null;
            return GrpcStatus.Of(context.Response, _trailers ?? context.Features.Get<IHttpResponseTrailersFeature>());
        }
    }

    /// <summary>Observes the response as far as rollouts need it.</summary>
    public void Observe()
    {
        if (action.IsTraced)
            context.Features.Set<IEndpointFeature>(new FirstEndpoint(context));
        if (context.Response.HasStarted)
            return;
        if (action.Exposures is not null && context.Features.Get<IHttpResponseBodyFeature>() is { } body)
        {
            _inner = body;
            _body = new CountingResponseBody(body, context);
            context.Features.Set<IHttpResponseBodyFeature>(_body);
        }
        context.Response.OnStarting(OnStarting, this);
    }

    /// <summary>
    /// Restores the original response body. Outer middleware that replaced the body restores its own only where it
    /// finds its body.
    /// </summary>
    public void Detach()
    {
        if (_body is not null && ReferenceEquals(context.Features.Get<IHttpResponseBodyFeature>(), _body))
            context.Features.Set(_inner);
    }

    /// <summary>Ignores the action where the response is endless.</summary>
    /// <returns>Whether it is.</returns>
    public bool IgnoreEndless()
    {
        if (!EndlessRequest.IsResponse(context))
            return false;
        action.Ignore();
        return true;
    }

    private static Task OnStarting(object state)
    {
        var request = (RequestAction)state;
        request.IgnoreEndless();
        request._body?.Start();
        // gRPC-Web sets its own trailers while it runs.
        if (GrpcStatus.Has(request.Response))
            request._trailers = request.Features.Get<IHttpResponseTrailersFeature>();
        return Task.CompletedTask;
    }

    private HttpResponse Response => context.Response;

    private IFeatureCollection Features => context.Features;
}
