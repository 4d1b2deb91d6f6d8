using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;

namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>
/// The authorization that the mapped group requires. It is moved from the endpoint's metadata to this object, so that
/// only the endpoint itself decides. For the authorization middleware the endpoint is anonymous: neither a fallback
/// policy nor missing services can make it answer instead.
/// </summary>
internal sealed class AccessRule : IAllowAnonymous
{
    private AccessRule(
        IReadOnlyList<IAuthorizeData> required, IReadOnlyList<AuthorizationPolicy> policies, bool allowsAnonymous)
    {
        Required = required;
        Policies = policies;
        AllowsAnonymous = allowsAnonymous;
    }

    public IReadOnlyList<IAuthorizeData> Required { get; }

    public IReadOnlyList<AuthorizationPolicy> Policies { get; }

    public bool AllowsAnonymous { get; }

    public bool IsEmpty => Required.Count == 0 && Policies.Count == 0;

    /// <summary>Moves the authorization metadata of an endpoint to a rule.</summary>
    public static AccessRule Take(EndpointBuilder endpoint)
    {
        IList<object> metadata = endpoint.Metadata;
        List<AuthorizationPolicy> policies = [.. metadata.OfType<AuthorizationPolicy>()];
        IAuthorizationRequirement[] requirements =
            [.. metadata.OfType<IAuthorizationRequirementData>().SelectMany(data => data.GetRequirements())];
        if (requirements.Length > 0)
            policies.Add(new AuthorizationPolicy(requirements, []));
        var rule = new AccessRule(
            [.. metadata.OfType<IAuthorizeData>()], policies, metadata.OfType<IAllowAnonymous>().Any());
        for (int i = metadata.Count - 1; i >= 0; i--)
            if (metadata[i] is IAuthorizeData or AuthorizationPolicy or IAuthorizationRequirementData or IAllowAnonymous)
                metadata.RemoveAt(i);
        metadata.Add(rule);
        return rule;
    }
}
