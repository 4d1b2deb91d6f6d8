namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>What an emergency did.</summary>
internal sealed record EmergencyModel
{
    public required FlagModel Flag { get; init; }

    /// <summary>How many flags are off because of it.</summary>
    public required int Stopped { get; init; }

    /// <summary>False while it is in force here and the store does not know it yet.</summary>
    public required bool Stored { get; init; }

    /// <summary>What was done to words that could not be recorded as they were sent; null where nothing was.</summary>
    public string? Note { get; init; }

    public static EmergencyModel Of(EmergencyResult result, IRolloutManager rollouts) => new()
    {
        Flag = FlagModel.Row(result.Flag, rollouts),
        Stopped = result.Stopped,
        Stored = result.Stored,
        Note = result.Note,
    };
}
