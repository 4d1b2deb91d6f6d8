namespace FeatureManagement.ActionTracing;

/// <summary>The new values of an update of a flag. A member that is null does not change. Immutable.</summary>
public sealed class FlagUpdate
{
    /// <summary>The new state; not <see cref="FlagState.EmergencyOff"/>, which is no update but an emergency.</summary>
    public FlagState? State { get; init; }

    /// <summary>The new percentage of users, 0 to 100.</summary>
    public decimal? Percentage { get; init; }

    /// <summary>The new allow-list of users and sessions, whole. Empty for none.</summary>
    public IReadOnlyList<string>? Whitelist { get; init; }

    /// <summary>The new allow-list of groups, whole. Empty for none.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>
    /// New weights, positive, by the names of variants that the flag has; variants that are not named keep theirs.
    /// </summary>
    public IReadOnlyDictionary<string, decimal>? Weights { get; init; }
}
