using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads the parameters of a call and collects all that is wrong with them. One that the call does not know is refused: ignored, it would give another answer than was asked for.</summary>
internal sealed class QueryParameters
{
    private static readonly string[] Times = ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private readonly IQueryCollection _query;
    private readonly List<string> _faults = [];

    public QueryParameters(IQueryCollection query, params string[] known)
    {
        _query = query;
        foreach (string name in query.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)))
            _faults.Add($"there is no parameter '{ForeignText.Quote(name)}'; "
                + (NearestName.Find(name, known) is { } nearest ? $"did you mean '{nearest}'?" : $"the parameters are {string.Join(", ", known)}."));
    }

    /// <summary>Everything that is wrong, as one problem; null where nothing is.</summary>
    public IResult? Problem => _faults.Count == 0 ? null : Problems.Of(StatusCodes.Status400BadRequest, string.Join(' ', _faults), _faults);

    /// <summary>A parameter that may be given once; null where it is missing or empty.</summary>
    public string? Text(string name)
    {
        StringValues values = _query[name];
        if (values.Count > 1)
            _faults.Add($"{name} is given {values.Count} times; give it once.");
        return values.Count == 1 && values[0] is { Length: > 0 } text ? text : null;
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

    /// <summary>A count, from one to so many.</summary>
    public int? Count(string name, int most)
    {
        if (Text(name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count >= 1 && count <= most)
            return count;
        Refuse(name, text, $"it must be between 1 and {most}.");
        return null;
    }

    /// <summary>A time in ISO 8601; UTC where it has no offset.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        // A plus that nobody encoded arrives as a blank.
        if (DateTimeOffset.TryParseExact(text.Replace(' ', '+'), Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time;
        Refuse(name, text, "it must be a time in ISO 8601, such as 2026-11-30T05:00:00Z or 2026-11-30.");
        return null;
    }

    /// <summary>One of the values of an enumeration, in the ticket's spelling.</summary>
    public T? Choice<T>(string name) where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        if (FlagSpelling.TryRead(text, out T known))
            return known;
        Refuse(name, text, $"it must be one of {string.Join(", ", FlagSpelling.All<T>())}.");
        return null;
    }

    /// <summary>Notes what is wrong with two parameters together.</summary>
    public void Refuse(string sentence) => _faults.Add(sentence);

    private void Refuse(string name, string value, string rule) => _faults.Add($"{name} is {ForeignText.Quote(value)}; {rule}");
}
