using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// What the mapped group asks of its callers, taken from the endpoint's metadata so that the endpoint itself is the only one to judge: it is anonymous for the
/// authorization middleware, which neither a fallback policy nor missing services can then make answer instead.
/// </summary>
internal sealed class AccessRule : IAllowAnonymous
{
    private AccessRule(IReadOnlyList<IAuthorizeData> required, IReadOnlyList<AuthorizationPolicy> policies, bool allowsAnonymous)
    {
        Required = required;
        Policies = policies;
        AllowsAnonymous = allowsAnonymous;
    }

    public IReadOnlyList<IAuthorizeData> Required { get; }

    public IReadOnlyList<AuthorizationPolicy> Policies { get; }

    public bool AllowsAnonymous { get; }

    public bool IsEmpty => Required.Count == 0 && Policies.Count == 0;

    public static AccessRule Take(EndpointBuilder endpoint)
    {
        AuthorizationPolicy[] policies = [.. endpoint.Metadata.OfType<AuthorizationPolicy>()];
        if (endpoint.Metadata.OfType<IAuthorizationRequirementData>().SelectMany(data => data.GetRequirements()).ToArray() is { Length: > 0 } requirements)
            policies = [.. policies, new AuthorizationPolicy(requirements, [])];
        var rule = new AccessRule(
            [.. endpoint.Metadata.OfType<IAuthorizeData>()],
            policies,
            endpoint.Metadata.OfType<IAllowAnonymous>().Any());
        for (int i = endpoint.Metadata.Count - 1; i >= 0; i--)
            if (endpoint.Metadata[i] is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData or IAllowAnonymous)
                endpoint.Metadata.RemoveAt(i);
        endpoint.Metadata.Add(rule);
        return rule;
    }
}
