using FeatureManagement.ActionTracing.Flags;

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

    /// <summary>The update, and what is wrong with the state as it is written; null where nothing is.</summary>
    public (FlagUpdate Update, string? Fault) ToUpdate(string flag)
    {
        FlagState state = default;
        bool unknown = State is not null && !FlagSpelling.TryRead(State, out state);
        return (new FlagUpdate
        {
            State = State is null ? null : state,
            Percentage = Percentage,
            Whitelist = Whitelist,
            Groups = Groups,
            Weights = Variants,
        }, unknown ? $"Flag '{flag}': state is {State}; it must be one of {string.Join(", ", FlagSpelling.All<FlagState>())}." : null);
    }
}
