using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>An application's own provider, which does not know at once who is signed in, as where it asks a database.</summary>
internal sealed class SlowProvider : AuthenticationStateProvider
{
    private readonly TaskCompletionSource<AuthenticationState> _first = new();
    private int _asked;

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public override Task<AuthenticationState> GetAuthenticationStateAsync()
    {
        Interlocked.Increment(ref _asked);
        return _first.Task;
    }

    /// <summary>Answers who asked; on a thread of the pool, so that they have the answer when this is done.</summary>
    public Task KnowAsync(string user) => Task.Run(() => _first.SetResult(StateOf(user)));

    /// <summary>Says that the user has changed.</summary>
    public void SignIn(string user) => NotifyAuthenticationStateChanged(Task.FromResult(StateOf(user)));

    private static AuthenticationState StateOf(string user) =>
        new(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user)], "test")));
}
