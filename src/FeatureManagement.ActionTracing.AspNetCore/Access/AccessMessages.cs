namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>Explains a denied call: the action, and the policy that it needs.</summary>
internal static class AccessMessages
{
    /// <summary>The message where no policy is set for a right.</summary>
    public static string Missing(AccessRight right) => right switch
    {
        AccessRight.Read => $"Reads are denied: {nameof(ActionTracingWebOptions.ReadPolicy)} is not set in AddAspNetCore.",
        AccessRight.Write => $"Writes are denied: {nameof(ActionTracingWebOptions.WritePolicy)} is not set in AddAspNetCore.",
        _ => $"Emergencies are denied: neither {nameof(ActionTracingWebOptions.EmergencyPolicy)} nor "
            + $"{nameof(ActionTracingWebOptions.WritePolicy)} is set in AddAspNetCore.",
    };

    /// <param name="right">The right that the endpoint needs.</param>
    /// <param name="policies">The policies by name.</param>
    /// <param name="others">Whether the group has requirements without a name.</param>
    public static string Needed(AccessRight right, IReadOnlyList<string> policies, bool others)
    {
        string names = string.Join(" and ", policies.Select(policy => $"'{policy}'"));
        string needed = (policies.Count, others) switch
        {
            (0, _) => "the requirements of the mapped group",
            (1, false) => $"the policy {names}",
            (1, true) => $"the policy {names} and the requirements of the mapped group",
            (_, false) => $"the policies {names}",
            _ => $"the policies {names} and the requirements of the mapped group",
        };
        return $"{ActionOf(right)} needs {needed}.";
    }

    private static string ActionOf(AccessRight right) => right switch
    {
        AccessRight.Read => "Reading flags",
        AccessRight.Write => "Changing flags",
        _ => "Shutting a flag down",
    };
}
