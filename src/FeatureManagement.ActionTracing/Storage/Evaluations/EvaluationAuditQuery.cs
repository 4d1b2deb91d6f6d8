namespace FeatureManagement.ActionTracing;

/// <summary>Which evaluations are asked for, the newest first; a member that is null asks for nothing in particular. Immutable.</summary>
public sealed class EvaluationAuditQuery
{
    /// <summary>The most that one question gets.</summary>
    public const int MaxTake = 1_000;

    /// <summary>Evaluations of this flag, without regard to case.</summary>
    public string? Flag { get; init; }

    /// <summary>Evaluations for this user, else session, else request: the id itself, which is hashed for the search.</summary>
    public string? Key { get; init; }

    /// <summary>Entries with a smaller number. The next page begins before the last entry of this one.</summary>
    public long? Before { get; init; }

    /// <summary>How many, 1 to <see cref="MaxTake"/>. The default is 50.</summary>
    public int Take { get; init; } = 50;
}
