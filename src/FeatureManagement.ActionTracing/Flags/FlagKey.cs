namespace FeatureManagement.ActionTracing.Flags;

/// <summary>What a flag's name is stored under: in upper case, as names are compared, for Σ has two lower cases.</summary>
internal static class FlagKey
{
    public static string Of(string flag) => flag.ToUpperInvariant();
}
