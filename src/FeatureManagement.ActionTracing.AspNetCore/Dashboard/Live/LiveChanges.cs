using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>
/// What changed since the last event of a page. It names what to read again, not the new values. Immutable.
/// </summary>
/// <param name="Flags">The names of changed flags; null where reading all flags is simpler.</param>
/// <param name="Rollouts">The names of flags whose rollout had a safety check, and so has new evidence.</param>
/// <param name="Status">Whether the state of configuration or store changed.</param>
internal sealed record LiveChanges(ImmutableHashSet<string>? Flags, ImmutableHashSet<string> Rollouts, bool Status)
{
    // Above this, one call for all flags is cheaper.
    private const int MaxFlags = 20;

    public static readonly LiveChanges None = new([], [], false);

    [JsonIgnore]
    public bool IsEmpty => Flags is { Count: 0 } && Rollouts.Count == 0 && !Status;

    public LiveChanges And(LiveChanges other)
    {
        ImmutableHashSet<string>? flags = null;
        if (Flags is not null && other.Flags is not null)
            flags = Flags.Union(other.Flags);
        return Of(flags, Rollouts.Union(other.Rollouts), Status || other.Status);
    }

    public static LiveChanges Of(ImmutableHashSet<string>? flags, ImmutableHashSet<string> rollouts, bool status)
    {
        if (flags is { Count: > MaxFlags })
            return new(null, rollouts, status);
        return new(flags, rollouts, status);
    }
}
