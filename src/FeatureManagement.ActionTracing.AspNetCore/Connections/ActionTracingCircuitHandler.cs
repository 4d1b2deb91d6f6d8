using System.Security.Claims;
using FeatureManagement.ActionTracing.Diagnostics;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>
/// Tracks the user of a Blazor Server circuit, and whether its browser is connected. One per circuit.
/// </summary>
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

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(
        Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        _circuit = context.Circuit.Id;
        _events.Enter(_flow);
        await next(context).ConfigureAwait(true);
    };

    // The provider may be the application's own and call a database: it is called once, and then notifies. Nothing
    // awaits it.
    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_signedIn is null)
            return Task.CompletedTask;
        _signedIn.AuthenticationStateChanged += Follow;
        _ = FollowAsync(_signedIn.GetAuthenticationStateAsync);
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

    private void Follow(Task<AuthenticationState> state) => _ = FollowAsync(() => state);

    // After a failure the circuit keeps the last known user. The application gets the same exception from its provider.
    private Task<bool> FollowAsync(Func<Task<AuthenticationState>> get) => SafeCall.TryAsync(async () =>
    {
        Task<AuthenticationState> state = get();
        lock (_gate)
            _newest = state;
        ClaimsPrincipal user = (await state.ConfigureAwait(false)).User;
        lock (_gate)
            if (ReferenceEquals(_newest, state)) // an older call may end later
                _user = user;
    });
}
