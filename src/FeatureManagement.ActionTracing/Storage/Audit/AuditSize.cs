using System.Globalization;
using System.Text;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Storage.Audit;

/// <summary>Bounds an audit entry, for it is kept for ever and sent to everybody who reads the audit. Pure.</summary>
internal static class AuditSize
{
    /// <summary>How many bytes an entry has at most, in its canonical form and with its hash.</summary>
    public const int MaxBytes = 8 * 1024;

    // For the numbers, the lengths and the hashes.
    private const int Overhead = 400;
    private const int MaxValues = 2_000;
    private const int MaxText = 250;

    /// <summary>The entry itself, or one in which what does not fit is cut.</summary>
    public static AuditEntry Fit(AuditEntry entry)
    {
        if (Fits(entry))
            return entry;
        entry = entry with { Before = Values(entry.Before), After = Values(entry.After) };
        if (Fits(entry))
            return entry;
        return entry with
        {
            Instance = ForeignText.Cut(entry.Instance, MaxText),
            Actor = ForeignText.Cut(entry.Actor, MaxText),
            Action = ForeignText.Cut(entry.Action, MaxText),
            Flag = entry.Flag is { } flag ? ForeignText.Cut(flag, MaxText) : null,
            Reason = entry.Reason is { } reason ? ForeignText.Cut(reason, MaxText) : null,
        };
    }

    private static bool Fits(AuditEntry entry)
    {
        string?[] texts = [entry.Instance, entry.Actor, entry.Action, entry.Flag, entry.Before, entry.After, entry.Reason];
        return Overhead + texts.Sum(text => text is null ? 0 : Encoding.UTF8.GetByteCount(text)) <= MaxBytes;
    }

    // An object as it was, for readers expect one.
    private static string? Values(string? json)
    {
        if (json is null || Encoding.UTF8.GetByteCount(json) <= MaxValues)
            return json;
        return string.Create(CultureInfo.InvariantCulture, $$"""{"cut":"{{json.Length}} characters"}""");
    }
}
