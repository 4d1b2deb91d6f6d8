using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// Reads the parameters of a call and collects all errors. An unknown parameter is an error: ignored, it would change
/// the meaning of the call.
/// </summary>
internal sealed class QueryParameters
{
    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private readonly IQueryCollection _query;
    private readonly List<string> _faults = [];

    public QueryParameters(IQueryCollection query, params string[] known)
    {
        _query = query;
        foreach (string name in query.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            _faults.Add($"Unknown parameter '{ForeignText.Quote(name)}'; {Problems.Suggest(name, known)}");
    }

    /// <summary>All errors as one problem; null where there is none.</summary>
    public IResult? Problem
    {
        get
        {
            if (_faults.Count == 0)
                return null;
            return Problems.Of(StatusCodes.Status400BadRequest, string.Join(' ', _faults), _faults);
        }
    }

    /// <summary>A parameter that may be given once; null where it is missing or empty.</summary>
    public string? Text(string name)
    {
        StringValues values = _query[name];
        if (values.Count > 1)
            _faults.Add($"{name} is given {values.Count} times; give it once.");
        if (values.Count == 1 && values[0] is { Length: > 0 } text)
            return text;
        return null;
    }

    /// <summary>A parameter that may be repeated.</summary>
    public string[] Texts(string name) => [.. _query[name].OfType<string>().Where(text => text.Length > 0)];

    /// <summary>The number of an entry.</summary>
    public long? Entry(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            return number;
        Refuse(name, text, "it must be the number of an entry.");
        return null;
    }

    /// <summary>A count, from 1 to a limit.</summary>
    public int? Count(string name, int limit)
    {
        if (Text(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            && count >= 1 && count <= limit)
            return count;
        Refuse(name, text, $"it must be between 1 and {limit}.");
        return null;
    }

    /// <summary>A time in ISO 8601; UTC where it has no offset.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        string decoded = text.Replace(' ', '+'); // a plus that is not encoded arrives as a blank
        if (DateTimeOffset.TryParseExact(
            decoded, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time;
        Refuse(name, text, "it must be a time in ISO 8601, such as 2026-11-30T05:00:00Z or 2026-11-30.");
        return null;
    }

    /// <summary>A value of an enumeration, in the spelling of the configuration.</summary>
    public T? Choice<T>(string name) where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        if (FlagSpelling.TryRead(text, out T known))
            return known;
        Refuse(name, text, $"it must be one of {string.Join(", ", FlagSpelling.All<T>())}.");
        return null;
    }

    /// <summary>Adds an error.</summary>
    public void Refuse(string sentence) => _faults.Add(sentence);

    private void Refuse(string name, string value, string rule) =>
        _faults.Add($"{name} is {ForeignText.Quote(value)}; {rule}");
}
