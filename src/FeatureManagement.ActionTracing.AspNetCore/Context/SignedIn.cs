using System.Security.Claims;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

/// <summary>
/// Reads the authenticated user of a principal. A principal may have several identities; only authenticated ones count,
/// in order.
/// </summary>
internal static class SignedIn
{
    public static IEnumerable<ClaimsIdentity> Identities(ClaimsPrincipal user) =>
        user.Identities.Where(identity => identity.IsAuthenticated);

    /// <summary>
    /// The bucketing id; null where no user is authenticated, or the identity has neither id nor name.
    /// </summary>
    public static string? IdOf(ClaimsPrincipal user) => IdClaim(user) ?? DisplayName(user);

    /// <summary>The name for people to read; null where no user is authenticated.</summary>
    public static string? NameOf(ClaimsPrincipal user)
    {
        if (!Identities(user).Any())
            return null;
        return DisplayName(user) ?? IdClaim(user) ?? "unnamed user";
    }

    /// <summary>
    /// The targeting groups: the claims of a type, or the role claims of each identity where the type is null.
    /// </summary>
    public static IReadOnlyList<string> GroupsOf(ClaimsPrincipal user, string? claimType) =>
    [
        .. Identities(user)
            .SelectMany(identity => identity.FindAll(claimType ?? identity.RoleClaimType))
            .Select(claim => claim.Value),
    ];

    private static string? IdClaim(ClaimsPrincipal user) => Claim(user, ClaimTypes.NameIdentifier) ?? Claim(user, "sub");

    private static string? Claim(ClaimsPrincipal user, string type) => First(user, identity => identity.FindFirst(type)?.Value);

    private static string? DisplayName(ClaimsPrincipal user) => First(user, identity => identity.Name);

    private static string? First(ClaimsPrincipal user, Func<ClaimsIdentity, string?> value) =>
        Identities(user).Select(value).FirstOrDefault(text => !string.IsNullOrEmpty(text));
}
