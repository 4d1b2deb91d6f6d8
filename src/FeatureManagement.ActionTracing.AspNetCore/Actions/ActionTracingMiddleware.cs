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
        if (context.Features.Get<RequestAction>() is not null
            || context.GetEndpoint()?.Metadata.GetMetadata<NoAction>() is not null)
            return next(context);
        TracedAction action = _tracer?.Start("request", null, counts: !EndlessRequest.IsRequested(context))
            ?? tracer.StartAction("request");
        if (action == default)
            return next(context);
        return RunAsync(context, action);
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
                request.Detach();
            }
            End(context, request, null);
        }
    }

    private static void End(HttpContext context, RequestAction request, Exception? thrown)
    {
        TracedAction action = request.Action;
        action.Decide();
        int status = StatusOf(context, thrown);
        int? grpc = request.GrpcCode;
        Describe(context, action, status, grpc);
        if (request.IgnoreEndless())
            return;
        if (grpc is { } code && GrpcStatus.ErrorOf(code) is { } fault)
            action.Fail(thrown, fault);
        else if (IsGone(context, thrown) && !request.IsResponseComplete)
            action.GiveUp();
        else if (status >= StatusCodes.Status500InternalServerError)
            FailByStatus(context, action, status, thrown);
        else if (thrown is not null and not BadHttpRequestException && !IsOfConnection(context, thrown))
            action.Fail(thrown);
    }

    // The server turns an unhandled exception into a 500, and a bad request into its own status.
    private static int StatusOf(HttpContext context, Exception? thrown)
    {
        if (thrown is BadHttpRequestException bad)
            return bad.StatusCode;
        if (thrown is not null && !context.Response.HasStarted)
            return StatusCodes.Status500InternalServerError;
        return context.Response.StatusCode;
    }

    private static void FailByStatus(HttpContext context, TracedAction action, int status, Exception? thrown)
    {
        if (thrown is not null)
            action.Fail(thrown);
        else
            action.Fail(
                context.Features.Get<IExceptionHandlerFeature>()?.Error, status.ToString(CultureInfo.InvariantCulture));
    }

    // Some servers throw when a closed connection is read, before they cancel the token.
    private static bool IsGone(HttpContext context, Exception? thrown) =>
        context.RequestAborted.IsCancellationRequested || thrown is ConnectionResetException or ConnectionAbortedException;

    // A client may close the connection after a complete response; work that this cancels did not fail.
    private static bool IsOfConnection(HttpContext context, Exception thrown) =>
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
