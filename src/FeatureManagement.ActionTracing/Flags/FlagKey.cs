namespace FeatureManagement.ActionTracing.Flags;

/// <summary>
/// The key under which the store keeps a flag: the name in upper case, because Σ has two lower cases.
/// </summary>
internal static class FlagKey
{
    public static string Of(string flag) => flag.ToUpperInvariant();
}
