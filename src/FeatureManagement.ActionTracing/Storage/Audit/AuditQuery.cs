namespace FeatureManagement.ActionTracing;

/// <summary>Which audit entries are asked for; a member that is null asks for nothing in particular. Immutable.</summary>
public sealed class AuditQuery
{
    /// <summary>The most that one question gets.</summary>
    public const int MaxTake = 1_000;

    /// <summary>Entries of this flag, without regard to case.</summary>
    public string? Flag { get; init; }

    /// <summary>Entries from this source.</summary>
    public ChangeSource? Source { get; init; }

    /// <summary>Entries by this actor, spelled as the entry has it.</summary>
    public string? Actor { get; init; }

    /// <summary>Entries of this action, for example <c>emergency</c> (docs/audit.md).</summary>
    public string? Action { get; init; }

    /// <summary>Entries of this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Entries before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Entries with a smaller number. The next page begins before the last entry of this one.</summary>
    public long? Before { get; init; }

    /// <summary>Entries with a larger number.</summary>
    public long? After { get; init; }

    /// <summary>The oldest first instead of the newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>How many, 1 to <see cref="MaxTake"/>. The default is 50.</summary>
    public int Take { get; init; } = 50;

    /// <summary>
    /// About how many characters a page may have; it ends with the entry that reaches them. Bounds the memory of who
    /// reads everything.
    /// </summary>
    internal long MaxLength { get; init; } = long.MaxValue;
}
