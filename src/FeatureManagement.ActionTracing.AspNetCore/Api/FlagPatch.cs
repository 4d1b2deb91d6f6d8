using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>The body of an update: the fields to override, and the reason. A missing field keeps its value.</summary>
internal sealed record FlagPatch
{
    public string? State { get; init; }

    public decimal? Percentage { get; init; }

    public IReadOnlyList<string>? Whitelist { get; init; }

    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>Weights by variant name.</summary>
    public IReadOnlyDictionary<string, decimal>? Variants { get; init; }

    public string? Reason { get; init; }

    /// <summary>The update, and the fault of an unknown state; null where there is none.</summary>
    public (FlagUpdate Update, string? Fault) ToUpdate(string flag)
    {
        (FlagState? state, string? fault) = ReadState(flag);
        var update = new FlagUpdate
        {
            State = state,
            Percentage = Percentage,
            Whitelist = Whitelist,
            Groups = Groups,
            Weights = Variants,
        };
        return (update, fault);
    }

    private (FlagState? State, string? Fault) ReadState(string flag)
    {
        if (State is null)
            return (null, null);
        if (FlagSpelling.TryRead(State, out FlagState state))
            return (state, null);
        string known = string.Join(", ", FlagSpelling.All<FlagState>());
        return (default(FlagState), $"Flag '{flag}': state is {State}; it must be one of {known}.");
    }
}
