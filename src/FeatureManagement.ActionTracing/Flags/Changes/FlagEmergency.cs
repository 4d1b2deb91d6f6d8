using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing;

/// <summary>An emergency that was called at run time. It ends only when it is cleared. Immutable.</summary>
public sealed record FlagEmergency
{
    /// <summary>Creates an emergency, for example for a test of code that reads it.</summary>
    /// <param name="reason">Why, in words.</param>
    /// <param name="actor">Who called it.</param>
    /// <param name="at">When.</param>
    [JsonConstructor]
    public FlagEmergency(string reason, string actor, DateTimeOffset at)
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
