using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>An audited evaluation.</summary>
internal sealed record EvaluationAuditModel
{
    public required long Number { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Flag { get; init; }

    public required bool Enabled { get; init; }

    public string? Variant { get; init; }

    public string? Reason { get; init; }

    /// <summary>The hash of whom it was given to.</summary>
    public string? Subject { get; init; }

    public required string Node { get; init; }

    public static EvaluationAuditModel Of(EvaluationAuditEntry entry) => new()
    {
        Number = entry.Number,
        At = entry.At,
        Flag = entry.Flag,
        Enabled = entry.Enabled,
        Variant = entry.Variant,
        Reason = entry.Reason is { } reason ? FlagSpelling.Write(reason) : null,
        Subject = entry.Subject,
        Node = entry.Node,
    };
}
