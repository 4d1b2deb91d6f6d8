using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>Authenticates the user of a header, with the roles of another header.</summary>
public sealed class TestUser(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Test";
    public const string NameHeader = "X-Test-User";
    public const string RolesHeader = "X-Test-Roles";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Headers.TryGetValue(NameHeader, out var name))
            return Task.FromResult(AuthenticateResult.NoResult());
        var identity = new ClaimsIdentity(Name);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, name.ToString()));
        identity.AddClaim(new Claim(ClaimTypes.Name, name.ToString()));
        foreach (string role in Request.Headers[RolesHeader].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
            identity.AddClaim(new Claim(ClaimTypes.Role, role));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name)));
    }
}
