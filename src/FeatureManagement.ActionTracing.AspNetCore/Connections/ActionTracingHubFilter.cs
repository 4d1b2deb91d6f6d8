using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>Wraps each call of a hub method as an action of the connection's user.</summary>
internal sealed class ActionTracingHubFilter(IActionTracer tracer, ConnectionUser users, HubMethods methods) : IHubFilter
{
    // Blazor's own hub. Its calls are not user actions: circuits have a handler.
    private const string BlazorHub = "Microsoft.AspNetCore.Components.Server.ComponentHub";

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        ArgumentNullException.ThrowIfNull(invocationContext);
        ArgumentNullException.ThrowIfNull(next);
        if (methods.IsStream(invocationContext.HubMethod) || IsBlazor(invocationContext.Hub))
            return await next(invocationContext).ConfigureAwait(false);
        HubCallerContext caller = invocationContext.Context;
        using TracedAction action = Start(invocationContext.Hub, invocationContext.HubMethodName, caller);
        try
        {
            object? result = await next(invocationContext).ConfigureAwait(false);
            if (caller.ConnectionAborted.IsCancellationRequested)
                action.GiveUp();
            return result;
        }
        catch (Exception exception)
        {
            Fail(action, caller, exception);
            throw;
        }
    }

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (IsBlazor(context.Hub))
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        using TracedAction action = Start(context.Hub, nameof(Hub.OnConnectedAsync), context.Context);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(action, context.Context, exception);
            throw;
        }
    }

    private TracedAction Start(Hub hub, string method, HubCallerContext caller) => tracer.StartAction(
        $"{hub.GetType().Name}/{method}",
        users.ContextOf(caller.User ?? new(), caller.ConnectionId, caller.GetHttpContext()));

    // A call that is running when its client disconnects is given up, not failed.
    private static void Fail(TracedAction action, HubCallerContext caller, Exception exception)
    {
        if (caller.ConnectionAborted.IsCancellationRequested)
            action.GiveUp();
        else
            action.Fail(exception);
    }

    private static bool IsBlazor(Hub hub) => hub.GetType().FullName == BlazorHub;
}
