using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>An emergency that was called at run time. It ends only when it is cleared. Immutable.</summary>
public sealed record FlagEmergency
{
    [JsonConstructor]
    internal FlagEmergency(string reason, string actor, DateTimeOffset at)
    {
        Reason = reason;
        Actor = actor;
        At = at;
    }

    /// <summary>Why, in words.</summary>
    [JsonInclude]
    public string Reason { get; internal init; }

    /// <summary>Who called it.</summary>
    [JsonInclude]
    public string Actor { get; internal init; }

    /// <summary>When.</summary>
    [JsonInclude]
    public DateTimeOffset At { get; internal init; }
}
