namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>What a refused caller reads: what the call does, and which policy it needs.</summary>
internal static class AccessWords
{
    public static string Missing(AccessRight right) => right switch
    {
        AccessRight.Read => $"Reading is closed: no {nameof(ActionTracingWebOptions.ReadPolicy)} is set in AddAspNetCore.",
        AccessRight.Write => $"Changing is closed: no {nameof(ActionTracingWebOptions.WritePolicy)} is set in AddAspNetCore.",
        _ => $"Shutting a flag down is closed: neither {nameof(ActionTracingWebOptions.EmergencyPolicy)} nor {nameof(ActionTracingWebOptions.WritePolicy)} is set in AddAspNetCore.",
    };

    /// <param name="right">What the call does.</param>
    /// <param name="policies">The policies by name.</param>
    /// <param name="others">Whether the group requires something that has no name.</param>
    public static string Needed(AccessRight right, IReadOnlyList<string> policies, bool others)
    {
        string names = string.Join(" and ", policies.Select(policy => $"'{policy}'"));
        string needed = (policies.Count, others) switch
        {
            (0, _) => "what the mapped group requires",
            (1, false) => $"the policy {names}",
            (1, true) => $"the policy {names} and what the mapped group requires",
            (_, false) => $"the policies {names}",
            _ => $"the policies {names} and what the mapped group requires",
        };
        return $"{Does(right)} needs {needed}.";
    }

    private static string Does(AccessRight right) => right switch
    {
        AccessRight.Read => "Reading flags",
        AccessRight.Write => "Changing flags",
        _ => "Shutting a flag down",
    };
}
