namespace FeatureManagement.ActionTracing;

/// <summary>One answer of an evaluation. Not chained: there are too many of them, and each decides nothing. Immutable.</summary>
public sealed record EvaluationAuditEntry
{
    /// <summary>The order in which entries were written, rising; 0 before the entry is written.</summary>
    public long Number { get; init; }

    /// <summary>When the flag was evaluated, in UTC, to the millisecond.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The flag as it is defined.</summary>
    public required string Flag { get; init; }

    /// <summary>The answer.</summary>
    public required bool IsEnabled { get; init; }

    /// <summary>The variant that was given, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>
    /// Why; null where a session manager or filter of Microsoft.FeatureManagement returned another answer than the
    /// flag's rules.
    /// </summary>
    public EvaluationReason? Reason { get; init; }

    /// <summary>Whom it was given to, as a hash (docs/audit.md); null where the call came without a context.</summary>
    public string? Subject { get; init; }

    /// <summary>The instance that evaluated it: machine and process id.</summary>
    public required string Instance { get; init; }
}
