using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>The typed fields of one setting. A field that cannot be read is a fault and counts as absent.</summary>
internal readonly struct SettingFields
{
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
            if (!KnownFields.Has(known, child.Name))
                Fault(ForeignText.Quote(child.Name), KnownFields.WhyUnknown(known, child));
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
        {
            SettingNode child = map.Children[i];
            string path = $"{PathOf(field)}.{ForeignText.Quote(child.Name)}";
            yield return (child.Name, new SettingFields(child, _flag, path, known, _faults));
        }
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

    public bool? Bool(string field)
    {
        if (Text(field) is not { } text)
            return null;
        if (bool.TryParse(text, out bool value))
            return value;
        return Broken<bool>(field, text, "it must be true or false");
    }

    public decimal? Number(string field, decimal min, decimal max)
    {
        if (Text(field) is not { } text)
            return null;
        bool valid = SettingText.TryNumber(text, out decimal value) && value >= min && value <= max;
        if (valid)
            return value;
        return Broken<decimal>(field, text, SettingText.Between(min, max));
    }

    /// <summary>A number above 0, up to a bound that no sum of them overflows.</summary>
    public decimal? Positive(string field)
    {
        const string Rule = "it must be a number greater than 0 and at most 1000000000000";
        if (Text(field) is not { } text)
            return null;
        bool valid = SettingText.TryNumber(text, out decimal value) && value is > 0 and <= FlagVariant.MaxWeight;
        if (valid)
            return value;
        return Broken<decimal>(field, text, Rule);
    }

    /// <summary>A number between two bounds; <paramref name="open"/> excludes the bounds.</summary>
    public double? Rate(string field, double min, double max, bool open = false)
    {
        if (Text(field) is not { } text)
            return null;
        bool inside = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= min
            && value <= max;
        if (!open)
            return inside ? value : Broken<double>(field, text, SettingText.Between((decimal)min, (decimal)max));
        if (inside && value > min && value < max)
            return value;
        return Broken<double>(field, text,
            string.Create(CultureInfo.InvariantCulture, $"it must be greater than {min} and less than {max}"));
    }

    public int? Integer(string field, int min, int max) => (int?)Whole(field, min, max);

    public long? Whole(string field, long min, long max)
    {
        if (Text(field) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out long value)
            && value >= min
            && value <= max)
            return value;
        return Broken<long>(field, text,
            string.Create(CultureInfo.InvariantCulture, $"it must be a whole number between {min} and {max}"));
    }

    /// <summary>Milliseconds, or <c>[d.]hh:mm:ss</c>.</summary>
    public TimeSpan? Duration(string field, TimeSpan min, TimeSpan max)
    {
        if (Text(field) is not { } text)
            return null;
        if (SettingText.TryDuration(text, out TimeSpan value) && value >= min && value <= max)
            return value;
        return Broken<TimeSpan>(field, text,
            $"it must be a number of milliseconds or [d.]hh:mm:ss, between {SettingText.Written(min)} and {SettingText.Written(max)}");
    }

    public DateTimeOffset? Time(string field)
    {
        const string Rule =
            "it must be a time in ISO 8601 with an offset, as 2026-12-01T09:00:00Z, in a year from 1900 to 2199";
        if (Text(field) is not { } text)
            return null;
        bool valid = SettingText.TryTime(text, out DateTimeOffset value);
        if (valid)
            return value;
        return Broken<DateTimeOffset>(field, text, Rule);
    }

    public T? Choice<T>(string field) where T : struct, Enum
    {
        if (Text(field) is not { } text)
            return null;
        if (FlagSpelling.TryRead(text.Trim(), out T value))
            return value;
        IEnumerable<string> choices = FlagSpelling.All<T>();
        string? nearest = NearestName.Find(text.Trim(), choices);
        return Broken<T>(field, text, $"it must be one of {string.Join(", ", choices)}", nearest);
    }

    /// <summary>The values of a list, from any form that providers allow; null where no provider defines it.</summary>
    public IReadOnlyList<string>? List(string field)
    {
        if (_node?.Find(field) is not { } node)
            return null;
        if (SettingList.TryRead(node, out IReadOnlyList<string>? values, out string? error))
            return values;
        Fault(field, error);
        return null;
    }

    private T? Broken<T>(string field, string text, string rule, string? nearest = null) where T : struct
    {
        string written = "empty";
        if (text.Length != 0)
            written = ForeignText.Quote(text);
        Fault(field, $"is {written}; {rule}" + (nearest is null ? "" : $"; did you mean {nearest}?"));
        return null;
    }

    private string PathOf(string field)
    {
        if (_path.Length == 0)
            return field;
        if (field.Length == 0)
            return _path;
        return $"{_path}.{field}";
    }
}
