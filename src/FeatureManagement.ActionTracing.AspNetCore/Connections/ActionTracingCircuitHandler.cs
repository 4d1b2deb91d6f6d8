using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>Knows the user of a circuit of Blazor Server, and whether its browser is there. One per circuit.</summary>
internal sealed class ActionTracingCircuitHandler : CircuitHandler, IDisposable
{
    private readonly CircuitEvents _events;
    private readonly ConnectionUser _users;
    private readonly AuthenticationStateProvider? _signedIn;
    private readonly CircuitFlow _flow;
    private readonly Lock _gate = new();
    private Task<AuthenticationState>? _newest;
    private volatile ClaimsPrincipal _user = new();
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

    // The provider may be the application's, and ask a database: it is asked once, and says itself what changes. Nothing waits for it.
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_signedIn is null)
            return Task.CompletedTask;
        _signedIn.AuthenticationStateChanged += Follow;
        try
        {
            Follow(_signedIn.GetAuthenticationStateAsync());
        }
#pragma warning disable CA1031 // An exception of an application's provider does not stop the circuit; the application meets the same exception where it asks.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
        return Task.CompletedTask;
    }

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

    public void Dispose()
    {
        if (_signedIn is not null)
            _signedIn.AuthenticationStateChanged -= Follow;
    }

    private FeatureFlagContext? ContextOf() => _users.ContextOf(_user, _circuit, http: null);

    private void Follow(Task<AuthenticationState> state)
    {
        lock (_gate)
            _newest = state;
        _ = KeepAsync(state);
    }

    private async Task KeepAsync(Task<AuthenticationState> state)
    {
        try
        {
            ClaimsPrincipal user = (await state.ConfigureAwait(false)).User;
            lock (_gate)
                if (ReferenceEquals(_newest, state)) // an older answer may come later
                    _user = user;
        }
#pragma warning disable CA1031 // As above: who is signed in is what was known before.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
