using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Reads the body of an emergency. The reason is never an error: it may be missing, too long, or have characters that
/// JSON forbids.
/// </summary>
internal static class EmergencyBody
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>The body; null where it is not a JSON object with the fields of <see cref="ReasonBody"/>.</summary>
    public static async Task<ReasonBody?> ReadAsync(HttpRequest request)
    {
        using var buffer = new MemoryStream();
        byte[] part = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(part, request.HttpContext.RequestAborted).ConfigureAwait(false)) > 0)
        {
            if (buffer.Length + read > MaxLength)
                return new ReasonBody { Reason = $"(a reason of more than {MaxLength} bytes, which was not read)" };
            buffer.Write(part, 0, read);
        }
        return Parse(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static ReasonBody? Parse(string json)
    {
        string repaired = Repair(json);
        if (string.IsNullOrWhiteSpace(repaired))
            return new ReasonBody();
        try
        {
            return JsonSerializer.Deserialize(repaired, ApiJson.Plain.ReasonBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Replaces everything that a JSON reader rejects: removes the byte order mark, writes a blank for each control
    /// character and U+FFFD for each escaped half of a surrogate pair, and escapes a backslash that begins no escape.
    /// </summary>
    private static string Repair(string json)
    {
        var repaired = new StringBuilder(json.Length);
        int at = 0;
        if (json.StartsWith('\uFEFF'))
            at = 1;
        while (at < json.Length)
        {
            int length = LengthAt(json, at);
            if (length == 1)
                repaired.Append(RepairOne(json[at]));
            else if (length == 6 && char.IsSurrogate(UnitAt(json, at)!.Value)) // six characters are always an escape
                repaired.Append("\\uFFFD");
            else
                repaired.Append(json, at, length);
            at += length;
        }
        return repaired.ToString();
    }

    private static string RepairOne(char c) => c switch
    {
        '\\' => "\\\\",
        < ' ' => " ",
        _ => c.ToString(),
    };

    /// <summary>The length of an escape, a pair of escaped surrogates, or one character.</summary>
    private static int LengthAt(string json, int at)
    {
        if (json[at] != '\\' || at + 1 == json.Length)
            return 1;
        if (UnitAt(json, at) is { } unit)
            return LengthOfUnit(json, at, unit);
        if ("\"\\/bfnrt".Contains(json[at + 1], StringComparison.Ordinal))
            return 2;
        return 1;
    }

    private static int LengthOfUnit(string json, int at, char unit)
    {
        if (char.IsHighSurrogate(unit) && UnitAt(json, at + 6) is { } low && char.IsLowSurrogate(low))
            return 12;
        return 6;
    }

    /// <summary>The UTF-16 code unit of an escape <c>\uXXXX</c>; null where there is none.</summary>
    private static char? UnitAt(string json, int at)
    {
        if (at + 6 > json.Length || json[at] != '\\' || json[at + 1] != 'u')
            return null;
        ReadOnlySpan<char> digits = json.AsSpan(at + 2, 4);
        if (ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            return (char)unit;
        return null;
    }
}
