using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>A flag as the management API shows it. States and types have the ticket's spelling; percentages go from 0 to 100.</summary>
internal sealed record FlagModel
{
    /// <summary>How many ids and groups of a flag a list of flags shows.</summary>
    public const int RowListLimit = 5;

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string State { get; init; }

    public required decimal Percentage { get; init; }

    public required bool Enabled { get; init; }

    public string? Description { get; init; }

    public string? Parent { get; init; }

    public int? Priority { get; init; }

    /// <summary>Whole for one flag; the first <see cref="RowListLimit"/> ids in a list of flags.</summary>
    public required IReadOnlyList<string> Whitelist { get; init; }

    public required int WhitelistCount { get; init; }

    /// <summary>As <see cref="Whitelist"/>.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    public required int GroupsCount { get; init; }

    /// <summary>Weights by name; null for a flag that is not multivariate.</summary>
    public IReadOnlyDictionary<string, decimal>? Variants { get; init; }

    /// <summary>What is measured; null for a flag without an experiment.</summary>
    public FlagExperiment? Experiment { get; init; }

    public required string Source { get; init; }

    public required long Version { get; init; }

    /// <summary>What to send as <c>If-Match</c> to change the flag only as it is here.</summary>
    public required string Etag { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>The emergency that was called at run time; null where there is none.</summary>
    public FlagEmergency? Emergency { get; init; }

    /// <summary>The rollout of the flag, its last one where none is on its way; null where there never was one.</summary>
    public FlagRollout? Rollout { get; init; }

    /// <summary>False while a change is in force here that the store does not know yet.</summary>
    public required bool Stored { get; init; }

    /// <summary>Why the rest of the flag cannot be shown, in a sentence; null where it can.</summary>
    public string? Fault { get; init; }

    public static FlagModel Of(FlagStatus status, IRolloutManager rollouts)
    {
        RolloutStatus? rollout = rollouts.GetStatus(status.Definition.Name);
        FlagDefinition flag = status.Definition;
        return new FlagModel
        {
            Name = flag.Name,
            Type = FlagSpelling.Write(flag.Type),
            State = FlagSpelling.Write(flag.State),
            Percentage = flag.Percentage,
            Enabled = status.Enabled,
            Description = flag.Description,
            Parent = flag.Parent,
            Priority = flag.Priority,
            Whitelist = flag.Whitelist,
            WhitelistCount = flag.Whitelist.Count,
            Groups = flag.Groups,
            GroupsCount = flag.Groups.Count,
            Variants = flag.Variants.Count == 0 ? null : flag.Variants.ToDictionary(variant => variant.Name, variant => variant.Weight),
            Experiment = flag.Experiment is { } experiment ? new FlagExperiment(experiment.Control, experiment.PrimaryMetric) : null,
            Source = FlagSpelling.Write(status.Source),
            Version = status.Version,
            Etag = FlagTag.Of(status).ToString(),
            LastModified = status.LastModified,
            Emergency = status.Emergency,
            Rollout = rollout is null ? null : FlagRollout.Of(rollout),
            Stored = status.Stored,
            Fault = rollout?.Fault,
        };
    }

    /// <summary>The row of a flag whose model cannot be made or written: its name, whether it is on, and the fault.</summary>
    public static FlagModel Failed(FlagStatus status, string fault) => new()
    {
        Name = status.Definition.Name,
        Type = FlagSpelling.Write(status.Definition.Type),
        State = FlagSpelling.Write(status.Definition.State),
        Percentage = status.Definition.Percentage,
        Enabled = status.Enabled,
        Whitelist = [],
        WhitelistCount = 0,
        Groups = [],
        GroupsCount = 0,
        Source = FlagSpelling.Write(status.Source),
        Version = status.Version,
        Etag = "",
        LastModified = status.LastModified,
        Stored = status.Stored,
        Fault = fault,
    };

    /// <summary>The flag among others: a page asks for all of them again and again, and a whitelist may have 100,000 ids.</summary>
    public static FlagModel Row(FlagStatus status, IRolloutManager rollouts)
    {
        FlagModel flag = Of(status, rollouts);
        return flag with { Whitelist = First(flag.Whitelist), Groups = First(flag.Groups) };
    }

    private static IReadOnlyList<string> First(IReadOnlyList<string> list) => list.Count <= RowListLimit ? list : [.. list.Take(RowListLimit)];

    internal sealed record FlagExperiment(string Control, string PrimaryMetric);

    /// <summary>The rollout in short; <c>api/flags/{name}/rollout</c> has all of it. Reason and actor are those of the last hand or guard that moved it.</summary>
    internal sealed record FlagRollout(RolloutPhase Phase, decimal TargetPercentage, double Progress, bool IsOnHold, bool CanResume, DateTimeOffset? EndedAt, string Actor, string Reason)
    {
        public static FlagRollout Of(RolloutStatus rollout) => new(
            rollout.Phase, rollout.TargetPercentage, rollout.Progress, rollout.IsOnHold, rollout.CanResume, rollout.EndedAt, rollout.Actor, rollout.Reason);
    }
}
