namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>Short ways to write a flag in a test.</summary>
internal static class Flag
{
    public static FlagDefinition Of(string name, FlagState state, FlagType type = FlagType.Boolean) => new() { Name = name, Type = type, State = state };

    public static FlagDefinition On(string name) => Of(name, FlagState.Enabled);

    public static FlagDefinition Off(string name) => Of(name, FlagState.Disabled);

    public static FlagDefinition Killed(string name) => Of(name, FlagState.EmergencyOff);

    public static FlagDefinition Percentage(string name, decimal percentage) => Of(name, FlagState.Rollout, FlagType.Percentage) with { Percentage = percentage };

    public static FlagDefinition List(string name, params string[] users) => Of(name, FlagState.Canary, FlagType.Whitelist) with { Whitelist = users };

    public static FlagDefinition Variants(string name, FlagState state, params (string Name, decimal Weight)[] variants) => Of(name, state, FlagType.Multivariate) with
    {
        Variants = [.. variants.OrderBy(variant => variant.Name, StringComparer.OrdinalIgnoreCase).Select(variant => new FlagVariant { Name = variant.Name, Weight = variant.Weight })],
    };
}
