namespace FeatureManagement.ActionTracing;

/// <summary>One thing that was done to a flag, chained to the entry before it. Immutable.</summary>
/// <remarks>
/// The caller leaves <see cref="Number"/>, <see cref="Version"/> and the hashes out;
/// <see cref="AuditHead.Append"/> fills them in.
/// </remarks>
public sealed record AuditEntry
{
    /// <summary>The place in the chain: 1, 2, 3 and so on without gaps; 0 before the entry is committed.</summary>
    public long Number { get; init; }

    /// <summary>The store's version that the commit of this entry made.</summary>
    public long Version { get; init; }

    /// <summary>When it was done, in UTC.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// What was done: <c>updated</c>, <c>reset</c>, <c>emergency</c>, <c>emergency_cleared</c> and others
    /// (docs/audit.md).
    /// </summary>
    public required string Action { get; init; }

    /// <summary>The flag as configuration spells it, or null where the entry is about none.</summary>
    public string? Flag { get; init; }

    /// <summary>The flag's deciding values before, as a JSON object, or null.</summary>
    public string? Before { get; init; }

    /// <summary>The flag's deciding values after, as a JSON object, or null.</summary>
    public string? After { get; init; }

    /// <summary>Who did it.</summary>
    public required string Actor { get; init; }

    /// <summary>Why, in words, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>From where it was done.</summary>
    public required ChangeSource Source { get; init; }

    /// <summary>The instance that did it: machine and process id.</summary>
    public required string Instance { get; init; }

    /// <summary>The hash of the entry before, in lowercase hexadecimal; 64 zeros for the first.</summary>
    public string PreviousHash { get; init; } = "";

    /// <summary>The SHA-256 of this entry in its canonical form (docs/audit.md), in lowercase hexadecimal.</summary>
    public string Hash { get; init; } = "";
}
