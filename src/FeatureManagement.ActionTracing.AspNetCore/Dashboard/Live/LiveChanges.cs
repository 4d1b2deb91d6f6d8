using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

/// <summary>What is no longer as a page has seen it. Says what to ask for, not what it is now. Immutable.</summary>
/// <param name="Flags">The names of flags that changed, or null where it is simpler to read all.</param>
/// <param name="Rollouts">The names of flags whose rollout was looked at: it has new evidence, and nobody changed anything.</param>
/// <param name="Status">Whether configuration's or the store's state changed.</param>
internal sealed record LiveChanges(ImmutableHashSet<string>? Flags, ImmutableHashSet<string> Rollouts, bool Status)
{
    // Beyond this a page does better with one call for all flags.
    private const int MaxFlags = 20;

    public static readonly LiveChanges None = new([], [], false);

    [JsonIgnore]
    public bool IsEmpty => Flags is { Count: 0 } && Rollouts.Count == 0 && !Status;

    public LiveChanges And(LiveChanges other) => Of(
        Flags is null || other.Flags is null ? null : Flags.Union(other.Flags), Rollouts.Union(other.Rollouts), Status || other.Status);

    public static LiveChanges Of(ImmutableHashSet<string>? flags, ImmutableHashSet<string> rollouts, bool status) =>
        new(flags is { Count: > MaxFlags } ? null : flags, rollouts, status);
}
