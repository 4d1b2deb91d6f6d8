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
        return buffer.Length == 0 ? new ReasonBody() : Parse(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private static ReasonBody? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(Repair(json), ApiJson.Plain.ReasonBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The JSON with U+FFFD for each escaped half of a surrogate pair, which no reader of JSON takes.</summary>
    private static string Repair(string json)
    {
        StringBuilder? repaired = null;
        for (int i = json.IndexOf('\\', StringComparison.Ordinal); i >= 0 && i + 1 < json.Length; i = json.IndexOf('\\', i))
        {
            char? unit = UnitAt(json, i);
            bool pair = unit is { } high && char.IsHighSurrogate(high) && UnitAt(json, i + 6) is { } low && char.IsLowSurrogate(low);
            if (unit is { } half && char.IsSurrogate(half) && !pair)
                (repaired ??= new StringBuilder(json)).Replace(json.Substring(i, 6), "\\uFFFD", i, 6);
            i = Math.Min(i + (pair ? 12 : unit is null ? 2 : 6), json.Length);
        }
        return repaired?.ToString() ?? json;
    }

    private static char? UnitAt(string json, int at) =>
        at + 6 <= json.Length && json[at] == '\\' && json[at + 1] == 'u' && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit)
            ? (char)unit
            : null;
}
