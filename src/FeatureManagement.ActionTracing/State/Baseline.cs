using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.State;

/// <summary>
/// What decides a flag's answers in configuration, after the overlay of its environment. An override and a rollout
/// remember the baseline under them. If configuration now differs, the file was edited since, and the edit takes
/// precedence. Immutable.
/// </summary>
internal sealed record Baseline(FlagType Type, FlagState State, decimal Percentage, string? Parent, int? Priority)
{
    public static Baseline Of(FlagDefinition flag) =>
        new(flag.Type, flag.State, flag.Percentage, flag.Parent is { } parent ? FlagKey.Of(parent) : null, flag.Priority);

    /// <summary>A flag that answers so, and is all else that it was.</summary>
    public FlagDefinition In(FlagDefinition flag) => flag with { Type = Type, State = State, Percentage = Percentage, Priority = Priority };

    /// <summary>A flag that answers so, for one that configuration no longer has.</summary>
    public FlagDefinition AsFlag(string name) =>
        new() { Name = name, Type = Type, State = State, Percentage = Percentage, Priority = Priority };
}
