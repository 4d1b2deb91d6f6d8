using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Runtime;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>What a caller wants to lay over a flag, and why. What it leaves out stays as it is.</summary>
internal sealed record FlagPatch
{
    public string? State { get; init; }

    public decimal? Percentage { get; init; }

    public IReadOnlyList<string>? Whitelist { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Weights by name.</summary>
    public IReadOnlyDictionary<string, decimal>? Variants { get; init; }

    public string? Reason { get; init; }

    /// <exception cref="FlagChangeException">There is no such state.</exception>
    public FlagUpdate ToUpdate(string flag) => new()
    {
        State = State is null ? null
            : FlagSpelling.TryRead(State, out FlagState state) ? state
            : throw new FlagChangeException(FlagChangeError.Invalid, $"Flag '{flag}': state is {State}; it must be one of {string.Join(", ", FlagSpelling.All<FlagState>())}."),
        Percentage = Percentage,
        Whitelist = Whitelist,
        Groups = Groups,
        Weights = Variants,
    };
}
