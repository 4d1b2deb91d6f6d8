using System.Globalization;
using FeatureManagement.ActionTracing.Configuration.LastGood;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>The typed fields of one setting. A field that cannot be read is a fault and counts as absent.</summary>
internal readonly struct SettingFields
{
    // Stricter than TimeSpan.Parse, which reads 24:00:00 as 24 days and 1:30 as an hour and a half.
    private static readonly string[] SpanFormats = [@"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    // Two for each shape, because "K" would also accept a time without an offset.
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    private readonly SettingNode? _node;
    private readonly string? _flag;
    private readonly string _path;
    private readonly List<SettingFault> _faults;

    public SettingFields(SettingNode? node, string? flag, string path, string[] known, List<SettingFault> faults)
    {
        _node = node;
        _flag = flag;
        _path = path;
        _faults = faults;
        if (node is null)
            return;
        // An empty list has an empty value, which would silently be ignored.
        if (node.Value is { } text)
            Fault("", $"is '{ForeignText.Quote(text)}'; it must be an object with fields");
        foreach (SettingNode child in node.Children)
            if (!IsKnown(child.Name, known))
                Fault(ForeignText.Quote(child.Name), Unknown(child, known));
    }

    public bool IsPresent => _node is { HasChildren: true };

    public void Fault(string field, string text) => _faults.Add(new SettingFault(_flag, PathOf(field), text));

    public SettingNode? Node(string field) => _node?.Find(field);

    /// <summary>Whether the field has a value or fields of its own.</summary>
    public bool HasValue(string field) => Node(field) is { Value: not null } or { HasChildren: true };

    public SettingFields Below(string field, string[] known) => new(_node?.Find(field), _flag, PathOf(field), known, _faults);

    /// <summary>The settings below a map, by name.</summary>
    public IEnumerable<(string Name, SettingFields Fields)> Map(string field, string[] known)
    {
        SettingNode? map = _node?.Find(field);
        if (map?.Value is { } text)
            Fault(field, $"is '{ForeignText.Quote(text)}'; it must be an object with a field for each name");
        for (int i = 0; i < map?.Children.Length; i++)
            yield return (map.Children[i].Name, new SettingFields(map.Children[i], _flag, $"{PathOf(field)}.{ForeignText.Quote(map.Children[i].Name)}", known, _faults));
    }

    public string? Text(string field)
    {
        SettingNode? node = _node?.Find(field);
        if (node is null)
            return null;
        if (node.HasChildren)
        {
            Fault(field, "is an object or a list; it must be a plain value");
            return null;
        }
        return node.Value;
    }

    public bool? Bool(string field) =>
        Text(field) is not { } text ? null
        : bool.TryParse(text, out bool value) ? value
        : Broken<bool>(field, text, "it must be true or false");

    public decimal? Number(string field, decimal min, decimal max) =>
        Text(field) is not { } text ? null
        : TryNumber(text, out decimal value) && value >= min && value <= max ? value
        : Broken<decimal>(field, text, Between(min, max));

    /// <summary>A number above 0, up to a bound that no sum of them overflows.</summary>
    public decimal? Positive(string field) =>
        Text(field) is not { } text ? null
        : TryNumber(text, out decimal value) && value is > 0 and <= FlagVariant.MaxWeight ? value
        : Broken<decimal>(field, text, "it must be a number greater than 0 and at most 1000000000000");

    public double? Rate(string field, double min, double max, bool open = false) =>
        Text(field) is not { } text ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && (open ? value > min && value < max : value >= min && value <= max) ? value
        : Broken<double>(field, text, open ? string.Create(CultureInfo.InvariantCulture, $"it must be greater than {min} and less than {max}") : Between((decimal)min, (decimal)max));

    public int? Integer(string field, int min, int max) => (int?)Whole(field, min, max);

    public long? Whole(string field, long min, long max) =>
        Text(field) is not { } text ? null
        : long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value) && value >= min && value <= max ? value
        : Broken<long>(field, text, string.Create(CultureInfo.InvariantCulture, $"it must be a whole number between {min} and {max}"));

    /// <summary>Milliseconds, or <c>[d.]hh:mm:ss</c>.</summary>
    public TimeSpan? Duration(string field, TimeSpan min, TimeSpan max) =>
        Text(field) is not { } text ? null
        : TryDuration(text, out TimeSpan value) && value >= min && value <= max ? value
        : Broken<TimeSpan>(field, text, $"it must be a number of milliseconds or [d.]hh:mm:ss, between {Written(min)} and {Written(max)}");

    public DateTimeOffset? Time(string field) =>
        Text(field) is not { } text ? null
        : DateTimeOffset.TryParseExact(text.AsSpan().Trim(), TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset value) && value.Year is >= 1900 and < 2200 ? value
        : Broken<DateTimeOffset>(field, text, "it must be a time in ISO 8601 with an offset, as 2026-12-01T09:00:00Z, in a year from 1900 to 2199");

    public T? Choice<T>(string field) where T : struct, Enum =>
        Text(field) is not { } text ? null
        : FlagSpelling.TryRead(text.Trim(), out T value) ? value
        : Broken<T>(field, text, $"it must be one of {string.Join(", ", FlagSpelling.All<T>())}", NearestName.Find(text.Trim(), FlagSpelling.All<T>()));

    /// <summary>The values of a list, from any form that providers allow; null where no provider defines it.</summary>
    public IReadOnlyList<string>? List(string field)
    {
        SettingNode? node = _node?.Find(field);
        if (node is null)
            return null;
        if (node.Items is null)
        {
            if (!string.IsNullOrEmpty(node.Value))
                Fault(field, $"is '{ForeignText.Quote(node.Value)}'; it must be a list, or a map of true and false");
            return null;
        }
        if (!node.Items.Exists(SettingList.SaysSomething))
            return null;
        if (SettingList.TryResolve(node.Items, out IReadOnlyList<string> values, out string? error))
            return values;
        Fault(field, error);
        return null;
    }

    public static bool TryNumber(string text, out decimal value) => decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    public static bool TryDuration(string text, out TimeSpan value)
    {
        if (!TryNumber(text, out decimal milliseconds))
            return TimeSpan.TryParseExact(text.AsSpan().Trim(), SpanFormats, CultureInfo.InvariantCulture, out value);
        bool fits = Math.Abs(milliseconds) < 100_000_000_000_000m;
        value = fits ? TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond)) : default;
        return fits;
    }

    private static string Unknown(SettingNode field, string[] known) =>
        MisplacedFlags.LooksLikeFlag(field) ? $"is no known field; it looks like a flag, which must be directly in {SettingReader.SectionName}.featureFlags"
        : NearestName.Find(field.Name, known) is { } nearest ? $"is no known field; did you mean {nearest}?"
        : $"is no known field; known are {string.Join(", ", known)}";

    private T? Broken<T>(string field, string text, string rule, string? nearest = null) where T : struct
    {
        Fault(field, $"is {(text.Length == 0 ? "empty" : ForeignText.Quote(text))}; {rule}" + (nearest is null ? "" : $"; did you mean {nearest}?"));
        return null;
    }

    private string PathOf(string field) => _path.Length == 0 ? field : field.Length == 0 ? _path : $"{_path}.{field}";

    private static string Between(decimal min, decimal max) => string.Create(CultureInfo.InvariantCulture, $"it must be between {min} and {max}");

    private static string Written(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private static bool IsKnown(string name, string[] known)
    {
        foreach (string field in known)
            if (ReferenceEquals(field, name) || field.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
