using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>An evaluation, with its reason and the sources of the deciding values.</summary>
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

    public static EvaluationModel Of(FlagEvaluation evaluation) => new()
    {
        Flag = evaluation.Flag,
        Enabled = evaluation.IsEnabled,
        Variant = evaluation.Variant,
        Reason = FlagSpelling.Write(evaluation.Reason),
        DecidedBy = evaluation.DecidedBy,
        State = Spell(evaluation.State),
        StateSource = Spell(evaluation.StateSource),
        Percentage = evaluation.Percentage,
        PercentageSource = Spell(evaluation.PercentageSource),
    };

    private static string? Spell<T>(T? value) where T : struct, Enum
    {
        if (value is { } known)
            return FlagSpelling.Write(known);
        return null;
    }
}
