using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>On a request: it is an action already. An exception handler may send it through the pipeline once more.</summary>
internal sealed class RequestAction(HttpContext context, TracedAction action)
{
    private IHttpResponseTrailersFeature? _trailers;
    private IHttpResponseBodyFeature? _inner;
    private AnswerBody? _body;

    public TracedAction Action => action;

    /// <summary>Whether the answer was sent whole before the connection went.</summary>
    public bool IsAnswerWhole => _body is { IsWhole: true };

    /// <summary>The status of a gRPC call; null of any other request.</summary>
    public int? GrpcCode => GrpcStatus.Has(context.Response)
        ? GrpcStatus.Of(context.Response, _trailers ?? context.Features.Get<IHttpResponseTrailersFeature>())
        : null;

    /// <summary>Watches the answer as far as rollouts need it.</summary>
    public void Observe()
    {
        if (action.IsTraced)
            context.Features.Set<IEndpointFeature>(new FirstEndpoint(context));
        if (context.Response.HasStarted)
            return;
        if (action.Exposures is not null && context.Features.Get<IHttpResponseBodyFeature>() is { } body)
            context.Features.Set<IHttpResponseBodyFeature>(_body = new AnswerBody(_inner = body, context));
        context.Response.OnStarting(Begins, this);
    }

    /// <summary>Gives the answer back as it was found. Middleware outside that replaced the body of the answer puts its own back only where it finds what it set.</summary>
    public void Leave()
    {
        if (_body is not null && ReferenceEquals(context.Features.Get<IHttpResponseBodyFeature>(), _body))
            context.Features.Set(_inner);
    }

    /// <summary>Ignores the action where it turned out to be endless. True where it did.</summary>
    public bool IgnoreEndless()
    {
        if (!EndlessRequest.IsAnswered(context))
            return false;
        action.Ignore();
        return true;
    }

    private static Task Begins(object state)
    {
        var request = (RequestAction)state;
        request.IgnoreEndless();
        request._body?.Begin();
        // gRPC-Web has trailers of its own while it runs.
        if (GrpcStatus.Has(request.Response))
            request._trailers = request.Features.Get<IHttpResponseTrailersFeature>();
        return Task.CompletedTask;
    }

    private HttpResponse Response => context.Response;

    private IFeatureCollection Features => context.Features;
}
