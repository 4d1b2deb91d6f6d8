using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Access;

/// <summary>A kind of caller of a kind of application, and what it is answered: a status, or null where it is let in.</summary>
public sealed record Caller(string Name, int? Read, int? Write)
{
    /// <summary>What a shutdown is answered, where it differs from a write.</summary>
    public int? Emergency { get; init; } = Write;

    public string Environment { get; init; } = "Production";

    public IPAddress? Address { get; init; }

    public string Host { get; init; } = "localhost";

    public (string Name, string Value)[] Headers { get; init; } = [];

    public bool Authentication { get; init; } = true;

    public bool FallbackPolicy { get; init; }

    public string? ReadPolicy { get; init; } = "Staff";

    public string? WritePolicy { get; init; } = "Operators";

    public string? EmergencyPolicy { get; init; }

    public Action<IEndpointConventionBuilder> Group { get; init; } = _ => { };

    public Action<IEndpointConventionBuilder> Around { get; init; } = _ => { };

    public static readonly Caller[] All =
    [
        new("anonymous", 401, 401),
        new("anonymous under a fallback policy", 401, 401) { FallbackPolicy = true },
        new("anonymous, no authentication services", 401, 401) { Authentication = false },
        new("anonymous, no services and no policies", 401, 401) { Authentication = false, ReadPolicy = null, WritePolicy = null },
        new("anonymous, no services, the group requires", 401, 401) { Authentication = false, ReadPolicy = null, Group = group => group.RequireAuthorization() },
        new("anonymous where reads are open", null, 401) { Group = group => group.AllowAnonymous() },
        new("anonymous where reads are open and nothing is set", null, 401) { ReadPolicy = null, WritePolicy = null, Group = group => group.AllowAnonymous() },
        new("reader", null, 403) { Headers = As("ruth", "staff") },
        new("reader under a fallback policy", null, 403) { Headers = As("ruth", "staff"), FallbackPolicy = true },
        new("reader where the write policy is unset", null, 403) { Headers = As("ruth", "staff"), WritePolicy = null },
        new("operator", null, null) { Headers = As("olga", "staff,operators") },
        new("operator who may not read", 403, null) { Headers = As("otto", "operators") },
        new("another user", 403, 403) { Headers = As("mallory", "") },
        new("a user where policies are unset", 403, 403) { Headers = As("mallory", ""), ReadPolicy = null, WritePolicy = null },
        new("a user where the group requires a user", null, 403) { Headers = As("mallory", ""), ReadPolicy = null, Group = group => group.RequireAuthorization() },
        new("reader where the group requires more", 403, 403) { Headers = As("ruth", "staff"), Group = group => group.RequireAuthorization("Admins") },
        new("operator where the group requires more", 403, 403) { Headers = As("olga", "staff,operators"), Group = group => group.RequireAuthorization(policy => policy.RequireRole("admins")) },
        new("operator where a group around it requires more", 403, 403) { Headers = As("olga", "staff,operators"), Around = group => group.RequireAuthorization("Admins") },
        new("anonymous where a group around it opens reads", null, 401) { Around = group => group.AllowAnonymous() },
        new("operator and admin", null, null) { Headers = As("ada", "staff,operators,admins"), Group = group => group.RequireAuthorization("Admins") },
        new("operator where policies do not exist", 403, 403) { Headers = As("olga", "staff,operators"), ReadPolicy = "Typo", WritePolicy = "Typo" },
        new("on call, who may shut down and nothing else", null, 403) { Emergency = null, EmergencyPolicy = "OnCall", Headers = As("ivan", "staff,on-call") },
        new("on call while changes are frozen", null, 403) { Emergency = null, EmergencyPolicy = "OnCall", WritePolicy = "Nobody", Headers = As("ivan", "staff,on-call") },
        new("on call where nobody may write", null, 403) { Emergency = null, EmergencyPolicy = "OnCall", WritePolicy = null, Headers = As("ivan", "staff,on-call") },
        new("on call from another site", null, 403) { EmergencyPolicy = "OnCall", Headers = [.. As("ivan", "staff,on-call"), ("Sec-Fetch-Site", "cross-site")] },
        new("on call where the group requires more", 403, 403) { EmergencyPolicy = "OnCall", Headers = As("ivan", "staff,on-call"), Group = group => group.RequireAuthorization("Admins") },
        new("operator who is not on call", null, null) { Emergency = 403, EmergencyPolicy = "OnCall", Headers = As("olga", "staff,operators") },
        new("anonymous where shutting down has a policy", 401, 401) { EmergencyPolicy = "OnCall" },
        new("anonymous where reads are open and shutting down has a policy", null, 401) { EmergencyPolicy = "OnCall", Group = group => group.AllowAnonymous() },
        new("developer at this machine", null, null) { Environment = "Development", Address = IPAddress.Loopback },
        new("developer at this machine, no services", null, null) { Environment = "Development", Address = IPAddress.IPv6Loopback, Host = "[::1]", Authentication = false, ReadPolicy = null, WritePolicy = null },
        new("developer at this machine under a fallback policy", null, null) { Environment = "Development", Address = IPAddress.Loopback, FallbackPolicy = true },
        new("developer elsewhere", 401, 401) { Environment = "Development" },
        new("developer by a foreign host name", 401, 401) { Environment = "Development", Address = IPAddress.Loopback, Host = "localhost.evil.example" },
        new("developer behind a proxy", 401, 401) { Environment = "Development", Address = IPAddress.Loopback, Headers = [("X-Forwarded-For", "203.0.113.9")] },
        new("developer behind a proxy that was believed", 401, 401) { Environment = "Development", Address = IPAddress.Loopback, Headers = [("X-Original-For", "203.0.113.9")] },
        new("developer behind a standard proxy", 401, 401) { Environment = "Development", Address = IPAddress.Loopback, Headers = [("Forwarded", "for=203.0.113.9")] },
        new("loopback in production", 401, 401) { Address = IPAddress.Loopback },
        new("operator from another site", null, 403) { Headers = [.. As("olga", "staff,operators"), ("Sec-Fetch-Site", "cross-site")] },
        new("operator from a sibling site", null, 403) { Headers = [.. As("olga", "staff,operators"), ("Sec-Fetch-Site", "same-site")] },
        new("operator from the page itself", null, null) { Headers = [.. As("olga", "staff,operators"), ("Sec-Fetch-Site", "same-origin"), ("Origin", "https://localhost")] },
        new("operator from another origin", null, 403) { Headers = [.. As("olga", "staff,operators"), ("Origin", "http://evil.example")] },
        new("operator from a sandbox", null, 403) { Headers = [.. As("olga", "staff,operators"), ("Origin", "null")] },
        new("operator from another port", null, 403) { Headers = [.. As("olga", "staff,operators"), ("Origin", "http://localhost:8080")] },
        new("developer from another site", null, 403) { Environment = "Development", Address = IPAddress.Loopback, Headers = [("Sec-Fetch-Site", "cross-site")] },
    ];

    public override string ToString() => Name;

    internal Task<WebHost> StartAsync() => WebHost.StartAsync(
        Environment,
        Address,
        web =>
        {
            web.ReadPolicy = ReadPolicy;
            web.WritePolicy = WritePolicy;
            web.EmergencyPolicy = EmergencyPolicy;
        },
        services =>
        {
            if (!Authentication)
                return;
            services.AddAuthentication(TestUser.Name).AddScheme<Microsoft.AspNetCore.Authentication.AuthenticationSchemeOptions, TestUser>(TestUser.Name, null);
            Microsoft.AspNetCore.Authorization.AuthorizationBuilder authorization = services.AddAuthorizationBuilder()
                .AddPolicy("Staff", policy => policy.RequireRole("staff"))
                .AddPolicy("Operators", policy => policy.RequireRole("operators"))
                .AddPolicy("OnCall", policy => policy.RequireRole("on-call"))
                .AddPolicy("Nobody", policy => policy.RequireAssertion(_ => false))
                .AddPolicy("Admins", policy => policy.RequireRole("admins"));
            if (FallbackPolicy)
                authorization.SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireRole("nobody").Build());
        },
        app =>
        {
            RouteGroupBuilder around = app.MapGroup("");
            Around(around);
            Group(around.MapActionTracing("/action-tracing"));
        });

    private static (string, string)[] As(string name, string roles) => [(TestUser.NameHeader, name), (TestUser.RolesHeader, roles)];
}
