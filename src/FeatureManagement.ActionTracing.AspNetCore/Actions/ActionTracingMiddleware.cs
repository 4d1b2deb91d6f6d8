using System.Globalization;
using FeatureManagement.ActionTracing.AspNetCore.Context;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Wraps a request as an action.</summary>
internal sealed class ActionTracingMiddleware(RequestDelegate next, IActionTracer tracer)
{
    private readonly ActionTracer? _tracer = tracer as ActionTracer;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<RequestAction>() is not null || context.GetEndpoint()?.Metadata.GetMetadata<NoAction>() is not null)
            return next(context);
        TracedAction action = _tracer?.Start("request", null, counts: !EndlessRequest.IsAskedFor(context))
            ?? tracer.StartAction("request");
        return action == default ? next(context) : RunAsync(context, action);
    }

    private async Task RunAsync(HttpContext context, TracedAction action)
    {
        var request = new RequestAction(context, action);
        context.Features.Set(request);
        request.Observe();
        if (action.IsUndecided)
            Identify(context, action);
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
            finally
            {
                request.Leave();
            }
            End(context, request, null);
        }
    }

    private static void End(HttpContext context, RequestAction request, Exception? thrown)
    {
        TracedAction action = request.Action;
        action.Decide();
        // What is thrown on becomes a 500 outside, except what the server itself says of a bad request.
        int status = thrown is BadHttpRequestException bad ? bad.StatusCode
            : thrown is not null && !context.Response.HasStarted ? StatusCodes.Status500InternalServerError
            : context.Response.StatusCode;
        int? grpc = request.GrpcCode;
        Describe(context, action, status, grpc);
        if (request.IgnoreEndless())
            return;
        if (grpc is { } code && GrpcStatus.ErrorOf(code) is { } fault)
            action.Fail(thrown, fault);
        else if (IsGone(context, thrown) && !request.IsAnswerWhole)
            action.GiveUp();
        else if (status >= StatusCodes.Status500InternalServerError)
            action.Fail(
                thrown ?? context.Features.Get<IExceptionHandlerFeature>()?.Error,
                thrown is null ? status.ToString(CultureInfo.InvariantCulture) : null);
        else if (thrown is not null and not BadHttpRequestException && !IsOfTheConnection(context, thrown))
            action.Fail(thrown);
    }

    // Some servers tell of a connection that has gone by what reading it throws, before they cancel the token.
    private static bool IsGone(HttpContext context, Exception? thrown) =>
        context.RequestAborted.IsCancellationRequested || thrown is ConnectionResetException or ConnectionAbortedException;

    // After a whole answer the client may close the connection, and what is stopped by that did not fail.
    private static bool IsOfTheConnection(HttpContext context, Exception thrown) =>
        thrown is ConnectionResetException or ConnectionAbortedException
        || thrown is OperationCanceledException && context.RequestAborted.IsCancellationRequested;

    private static void Identify(HttpContext context, TracedAction action) => action.Identify(() => KnownCaller.Of(context));

    private static void Describe(HttpContext context, TracedAction action, int status, int? grpc)
    {
        if (!action.IsTraced)
            return;
        string? route = RequestName.RouteOf(context);
        action.Rename(RequestName.Of(context, route));
        if (action.Activity is null)
            return;
        action.SetTag("http.request.method", context.Request.Method);
        if (route is not null)
            action.SetTag("http.route", route);
        action.SetTag("http.response.status_code", status);
        if (grpc is { } code)
            action.SetTag("rpc.grpc.status_code", code);
    }
}
