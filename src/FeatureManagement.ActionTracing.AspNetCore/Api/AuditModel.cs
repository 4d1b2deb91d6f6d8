using System.Text.Json;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>An audit entry. The flag's deciding values before and after are objects.</summary>
internal sealed record AuditModel
{
    public required long Number { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Action { get; init; }

    public string? Flag { get; init; }

    public JsonElement? Before { get; init; }

    public JsonElement? After { get; init; }

    public required string Actor { get; init; }

    public string? Reason { get; init; }

    public required string Source { get; init; }

    /// <summary>The instance that made the change.</summary>
    public required string Instance { get; init; }

    public required string PreviousHash { get; init; }

    public required string Hash { get; init; }

    public static AuditModel Of(AuditEntry entry) => new()
    {
        Number = entry.Number,
        Version = entry.Version,
        At = entry.At,
        Action = entry.Action,
        Flag = entry.Flag,
        Before = Values(entry.Before),
        After = Values(entry.After),
        Actor = entry.Actor,
        Reason = entry.Reason,
        Source = Spell(entry.Source),
        Instance = entry.Instance,
        PreviousHash = entry.PreviousHash,
        Hash = entry.Hash,
    };

    private static string Spell(ChangeSource source)
    {
        if (Enum.IsDefined(source))
            return FlagSpelling.Write(source);
        return "?";
    }

    private static JsonElement? Values(string? json)
    {
        if (json is null)
            return null;
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException)
        {
            // The store was edited outside the application. The text is shown as it is, so that it can be found.
            return JsonSerializer.SerializeToElement(json, ApiJson.Plain.String);
        }
    }
}
