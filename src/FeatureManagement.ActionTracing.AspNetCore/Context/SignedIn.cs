using System.Security.Claims;

namespace FeatureManagement.ActionTracing.AspNetCore.Context;

/// <summary>Who is signed in. A principal may have several identities, of which some prove nothing: only those that are authenticated count, whichever comes first.</summary>
internal static class SignedIn
{
    public static IEnumerable<ClaimsIdentity> Identities(ClaimsPrincipal user) => user.Identities.Where(identity => identity.IsAuthenticated);

    /// <summary>The id, for drawing a bucket; null where nobody is signed in or the identity says nothing.</summary>
    public static string? IdOf(ClaimsPrincipal user) => Claim(user, ClaimTypes.NameIdentifier) ?? Claim(user, "sub") ?? DisplayName(user);

    /// <summary>The name, for people to read; null where nobody is signed in.</summary>
    public static string? NameOf(ClaimsPrincipal user) =>
        !Identities(user).Any() ? null : DisplayName(user) ?? Claim(user, ClaimTypes.NameIdentifier) ?? Claim(user, "sub") ?? "unnamed user";

    /// <summary>The targeting groups: the claims of a type, or the role claims of each identity where none is named.</summary>
    public static IReadOnlyList<string> GroupsOf(ClaimsPrincipal user, string? claimType) =>
        [.. Identities(user).SelectMany(identity => identity.FindAll(claimType ?? identity.RoleClaimType)).Select(claim => claim.Value)];

    private static string? Claim(ClaimsPrincipal user, string type) => First(user, identity => identity.FindFirst(type)?.Value);

    private static string? DisplayName(ClaimsPrincipal user) => First(user, identity => identity.Name);

    private static string? First(ClaimsPrincipal user, Func<ClaimsIdentity, string?> value) => Identities(user).Select(value).FirstOrDefault(text => !string.IsNullOrEmpty(text));
}
