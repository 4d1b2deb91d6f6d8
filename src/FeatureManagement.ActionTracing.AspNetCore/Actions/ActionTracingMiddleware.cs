using FeatureManagement.ActionTracing.Tracing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Wraps a request as an action.</summary>
internal sealed class ActionTracingMiddleware(RequestDelegate next, IActionTracer tracer)
{
    private readonly ActionTracer? _tracer = tracer as ActionTracer;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<RequestAction>() is not null || context.GetEndpoint()?.Metadata.GetMetadata<NoAction>() is not null)
            return next(context);
        TracedAction action = _tracer?.Start("request", null, context.RequestServices, counts: !IsEndless(context)) ?? tracer.StartAction("request");
        return action == default ? next(context) : RunAsync(context, action);
    }

    private async Task RunAsync(HttpContext context, TracedAction action)
    {
        var request = new RequestAction(context, action);
        context.Features.Set(request);
        if (action.Exposures is not null && !context.Response.HasStarted)
            context.Response.OnStarting(RequestAction.AnswerBegins, request);
        using (action)
        {
            try
            {
                await next(context).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                End(context, request, exception);
                throw;
            }
            End(context, request, null);
        }
    }

    private static void End(HttpContext context, RequestAction request, Exception? thrown)
    {
        TracedAction action = request.Action;
        // What is thrown on becomes a 500 outside, except what the server itself says of a bad request.
        int status = thrown is BadHttpRequestException bad ? bad.StatusCode
            : thrown is not null && !context.Response.HasStarted ? StatusCodes.Status500InternalServerError
            : context.Response.StatusCode;
        if (action.Activity is not null)
            Describe(context, action, status);
        else
            action.Rename(RequestName.Of(context));
        Gates.Note(context, action, status);
        if (request.IgnoreStream())
            return;
        // Some servers tell of a connection that has gone by what reading it throws, before they cancel the token.
        if (context.RequestAborted.IsCancellationRequested || thrown is ConnectionResetException or ConnectionAbortedException)
            action.GiveUp();
        else if (status >= StatusCodes.Status500InternalServerError)
            action.Fail(
                thrown ?? context.Features.Get<IExceptionHandlerFeature>()?.Error,
                thrown is null ? status.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
        else if (thrown is not null and not BadHttpRequestException)
            action.Fail(thrown);
    }

    private static void Describe(HttpContext context, TracedAction action, int status)
    {
        action.Rename(RequestName.Of(context));
        action.SetTag("http.request.method", context.Request.Method);
        if (RequestName.RouteOf(context) is { } route)
            action.SetTag("http.route", route);
        action.SetTag("http.response.status_code", status);
    }

    /// <summary>Whether the request lasts as long as its client likes.</summary>
    private static bool IsEndless(HttpContext context) =>
        context.WebSockets.IsWebSocketRequest
        || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
        || context.Request.Headers.Accept.Any(RequestAction.IsEventStream);
}
