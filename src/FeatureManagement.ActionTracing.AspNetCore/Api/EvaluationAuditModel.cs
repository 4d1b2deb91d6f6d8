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

    /// <summary>The hash of the bucketing key.</summary>
    public string? Subject { get; init; }

    /// <summary>The instance that evaluated the flag.</summary>
    public required string Instance { get; init; }

    public static EvaluationAuditModel Of(EvaluationAuditEntry entry) => new()
    {
        Number = entry.Number,
        At = entry.At,
        Flag = entry.Flag,
        Enabled = entry.IsEnabled,
        Variant = entry.Variant,
        Reason = Spell(entry.Reason),
        Subject = entry.Subject,
        Instance = entry.Instance,
    };

    private static string? Spell(EvaluationReason? reason)
    {
        if (reason is { } known)
            return FlagSpelling.Write(known);
        return null;
    }
}
