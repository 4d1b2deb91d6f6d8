namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>The result of an emergency.</summary>
internal sealed record EmergencyModel
{
    public required FlagModel Flag { get; init; }

    /// <summary>The number of flags that the emergency turned off.</summary>
    public required int Stopped { get; init; }

    /// <summary>Whether the store has the emergency. False while it is in force and waits in the outbox.</summary>
    public required bool Stored { get; init; }

    /// <summary>How a reason was changed that could not be recorded as sent; null where it was not.</summary>
    public string? Note { get; init; }

    public static EmergencyModel Of(EmergencyResult result, IRolloutManager rollouts) => new()
    {
        Flag = FlagModel.Row(result.Flag, rollouts.GetStatus(result.Flag.Definition.Name)),
        Stopped = result.Stopped,
        Stored = result.IsStored,
        Note = result.Note,
    };
}
