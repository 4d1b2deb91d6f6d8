using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>An answer with its reason and its provenance.</summary>
internal sealed record EvaluationModel
{
    public required string Flag { get; init; }

    public required bool Enabled { get; init; }

    public string? Variant { get; init; }

    public required string Reason { get; init; }

    public string? DecidedBy { get; init; }

    public string? State { get; init; }

    public string? StateSource { get; init; }

    public decimal? Percentage { get; init; }

    public string? PercentageSource { get; init; }

    public static EvaluationModel Of(FlagEvaluation answer) => new()
    {
        Flag = answer.Flag,
        Enabled = answer.Enabled,
        Variant = answer.Variant,
        Reason = FlagSpelling.Write(answer.Reason),
        DecidedBy = answer.DecidedBy,
        State = answer.State is { } state ? FlagSpelling.Write(state) : null,
        StateSource = answer.StateSource is { } stateSource ? FlagSpelling.Write(stateSource) : null,
        Percentage = answer.Percentage,
        PercentageSource = answer.PercentageSource is { } percentageSource ? FlagSpelling.Write(percentageSource) : null,
    };
}
