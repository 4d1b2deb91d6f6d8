using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// A flag of the management API. States and types have the spelling of the configuration; percentages are 0 to 100.
/// </summary>
internal sealed record FlagModel
{
    /// <summary>The number of ids and groups of a flag in a list of flags.</summary>
    public const int RowListLimit = 5;

    public required string Name { get; init; }

    public required string Type { get; init; }

    public required string State { get; init; }

    public required decimal Percentage { get; init; }

    public required bool Enabled { get; init; }

    public string? Description { get; init; }

    public string? Parent { get; init; }

    public int? Priority { get; init; }

    /// <summary>All ids for one flag; the first <see cref="RowListLimit"/> in a list of flags.</summary>
    public required IReadOnlyList<string> Whitelist { get; init; }

    public required int WhitelistCount { get; init; }

    /// <summary>As <see cref="Whitelist"/>.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    public required int GroupsCount { get; init; }

    /// <summary>Weights by variant name; null for a flag that is not multivariate.</summary>
    public IReadOnlyDictionary<string, decimal>? Variants { get; init; }

    /// <summary>The experiment; null where the flag has none.</summary>
    public FlagExperiment? Experiment { get; init; }

    public required string Source { get; init; }

    public required long Version { get; init; }

    /// <summary>The value for <c>If-Match</c>, so that a change fails where the flag has changed since.</summary>
    public required string Etag { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>The emergency that a caller declared at run time; null where there is none.</summary>
    public FlagEmergency? Emergency { get; init; }

    /// <summary>The active rollout, else the last one; null where there was none.</summary>
    public FlagRollout? Rollout { get; init; }

    /// <summary>
    /// Whether the store has the flag's state. False while a change is in force and waits in the outbox.
    /// </summary>
    public required bool Stored { get; init; }

    /// <summary>Why the rest of the flag cannot be shown; null where it can.</summary>
    public string? Fault { get; init; }

    public static FlagModel Of(FlagStatus status, IRolloutManager rollouts) =>
        Of(status, rollouts.GetStatus(status.Definition.Name));

    private static FlagModel Of(FlagStatus status, RolloutStatus? rollout)
    {
        FlagDefinition flag = status.Definition;
        return new FlagModel
        {
            Name = flag.Name,
            Type = FlagSpelling.Write(flag.Type),
            State = FlagSpelling.Write(flag.State),
            Percentage = flag.Percentage,
            Enabled = status.IsEnabled,
            Description = flag.Description,
            Parent = flag.Parent,
            Priority = flag.Priority,
            Whitelist = flag.Whitelist,
            WhitelistCount = flag.Whitelist.Count,
            Groups = flag.Groups,
            GroupsCount = flag.Groups.Count,
            Variants = WeightsOf(flag),
            Experiment = FlagExperiment.Of(flag.Experiment),
            Source = FlagSpelling.Write(status.Source),
            Version = status.Version,
            Etag = FlagEntityTag.Of(status).ToString(),
            LastModified = status.LastModified,
            Emergency = status.Emergency,
            Rollout = FlagRollout.Of(rollout),
            Stored = status.IsStored,
            Fault = rollout?.Fault,
        };
    }

    /// <summary>The row of a flag that cannot be shown: its name, whether it is on, and the fault.</summary>
    public static FlagModel Failed(FlagStatus status, string fault) => new()
    {
        Name = status.Definition.Name,
        Type = FlagSpelling.Write(status.Definition.Type),
        State = FlagSpelling.Write(status.Definition.State),
        Percentage = status.Definition.Percentage,
        Enabled = status.IsEnabled,
        Whitelist = [],
        WhitelistCount = 0,
        Groups = [],
        GroupsCount = 0,
        Source = FlagSpelling.Write(status.Source),
        Version = status.Version,
        Etag = "",
        LastModified = status.LastModified,
        Stored = status.IsStored,
        Fault = fault,
    };

    /// <summary>
    /// The flag in a list, with short lists: a page polls all flags, and a whitelist may have 100,000 ids.
    /// </summary>
    public static FlagModel Row(FlagStatus status, RolloutStatus? rollout)
    {
        FlagModel flag = Of(status, rollout);
        return flag with { Whitelist = First(flag.Whitelist), Groups = First(flag.Groups) };
    }

    private static IReadOnlyList<string> First(IReadOnlyList<string> list) => [.. list.Take(RowListLimit)];

    private static Dictionary<string, decimal>? WeightsOf(FlagDefinition flag)
    {
        if (flag.Variants.Count == 0)
            return null;
        return flag.Variants.ToDictionary(variant => variant.Name, variant => variant.Weight);
    }

    internal sealed record FlagExperiment(string Control, string PrimaryMetric)
    {
        public static FlagExperiment? Of(ExperimentConfig? experiment)
        {
            if (experiment is null)
                return null;
            return new(experiment.Control, experiment.PrimaryMetric);
        }
    }

    /// <summary>
    /// The summary of a rollout; <c>api/flags/{name}/rollout</c> has all of it. Actor and reason are those of its last
    /// change.
    /// </summary>
    internal sealed record FlagRollout(
        RolloutPhase Phase,
        decimal TargetPercentage,
        double Progress,
        bool IsOnHold,
        bool CanResume,
        DateTimeOffset? EndedAt,
        string Actor,
        string Reason)
    {
        public static FlagRollout? Of(RolloutStatus? rollout)
        {
            if (rollout is null)
                return null;
            return new(
                rollout.Phase,
                rollout.TargetPercentage,
                rollout.Progress,
                rollout.IsOnHold,
                rollout.CanResume,
                rollout.EndedAt,
                rollout.Actor,
                rollout.Reason);
        }
    }
}
