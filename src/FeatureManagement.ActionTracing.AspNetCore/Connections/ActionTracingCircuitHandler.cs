using System.Security.Claims;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>Knows the user of a circuit of Blazor Server, and whether its browser is there. One per circuit.</summary>
internal sealed class ActionTracingCircuitHandler : CircuitHandler
{
    private readonly CircuitEvents _events;
    private readonly ConnectionUser _users;
    private readonly AuthenticationStateProvider? _signedIn;
    private readonly CircuitFlow _flow;
    private string _circuit = "";

    public ActionTracingCircuitHandler(CircuitEvents events, ConnectionUser users, AuthenticationStateProvider? signedIn = null)
    {
        _events = events;
        _users = users;
        _signedIn = signedIn;
        _flow = new CircuitFlow(ContextOf);
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        _circuit = context.Circuit.Id;
        _events.Enter(_flow);
        await next(context).ConfigureAwait(true);
    };

    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _flow.IsDisconnected = false;
        return Task.CompletedTask;
    }

    public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _flow.IsDisconnected = true;
        return Task.CompletedTask;
    }

    private FeatureFlagContext? ContextOf() => _users.ContextOf(User(), _circuit, http: null);

    // Blazor's own provider knows at once; one that does not is not waited for.
    private ClaimsPrincipal User()
    {
        try
        {
            return _signedIn?.GetAuthenticationStateAsync() is { IsCompletedSuccessfully: true } state ? state.Result.User : new();
        }
#pragma warning disable CA1031 // An exception of an application's provider does not stop the event; the application meets the same exception where it asks.
        catch (Exception)
#pragma warning restore CA1031
        {
            return new();
        }
    }
}
