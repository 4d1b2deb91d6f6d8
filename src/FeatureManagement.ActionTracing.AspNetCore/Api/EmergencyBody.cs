using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads the body of an emergency. No words in it are a reason to refuse: none at all, too many, or characters that JSON does not have.</summary>
internal static class EmergencyBody
{
    private const int MaxLength = 1024 * 1024;

    /// <summary>The body; null where it is no JSON object with the fields of <see cref="ReasonBody"/>.</summary>
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
        try
        {
            string repaired = Repair(json);
            return string.IsNullOrWhiteSpace(repaired) ? new ReasonBody() : JsonSerializer.Deserialize(repaired, ApiJson.Plain.ReasonBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// The JSON without what no reader of JSON takes: no byte order mark, a blank for each control character, U+FFFD for each escaped half of a surrogate pair, and the
    /// backslash itself for one that begins no escape.
    /// </summary>
    private static string Repair(string json)
    {
        var repaired = new StringBuilder(json.Length);
        for (int i = json.StartsWith('\uFEFF') ? 1 : 0, length; i < json.Length; i += length)
        {
            length = LengthAt(json, i);
            if (length == 1 && json[i] == '\\')
                repaired.Append("\\\\");
            else if (length == 1)
                repaired.Append(json[i] < ' ' ? ' ' : json[i]);
            else if (length == 6 && char.IsSurrogate(UnitAt(json, i)!.Value))
                repaired.Append("\\uFFFD");
            else
                repaired.Append(json, i, length);
        }
        return repaired.ToString();
    }

    /// <summary>How many characters belong together: an escape, a pair of escaped surrogates, or one character.</summary>
    private static int LengthAt(string json, int at)
    {
        if (json[at] != '\\' || at + 1 == json.Length)
            return 1;
        if (UnitAt(json, at) is not { } unit)
            return "\"\\/bfnrt".Contains(json[at + 1], StringComparison.Ordinal) ? 2 : 1;
        return char.IsHighSurrogate(unit) && UnitAt(json, at + 6) is { } low && char.IsLowSurrogate(low) ? 12 : 6;
    }

    private static char? UnitAt(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)
            ? (char)unit
            : null;
}
