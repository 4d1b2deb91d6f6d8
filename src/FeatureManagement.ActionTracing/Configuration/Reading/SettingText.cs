using System.Globalization;

namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>Parses the text of settings, and prints bounds for messages.</summary>
internal static class SettingText
{
    // Stricter than TimeSpan.Parse, which reads 24:00:00 as 24 days and 1:30 as an hour and a half.
    private static readonly string[] SpanFormats = [@"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    // Two for each shape, because "K" would also accept a time without an offset.
    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:sszzz",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    public static bool TryNumber(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    public static bool TryDuration(string text, out TimeSpan value)
    {
        if (!TryNumber(text, out decimal milliseconds))
            return TimeSpan.TryParseExact(text.AsSpan().Trim(), SpanFormats, CultureInfo.InvariantCulture, out value);
        bool fits = Math.Abs(milliseconds) < 100_000_000_000_000m;
        if (fits)
            value = TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond));
        else
            value = default;
        return fits;
    }

    /// <summary>A time in ISO 8601 with an offset, in a year from 1900 to 2199.</summary>
    public static bool TryTime(string text, out DateTimeOffset value)
    {
        bool valid = DateTimeOffset.TryParseExact(
            text.AsSpan().Trim(),
            TimeFormats,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out value);
        return valid && value.Year is >= 1900 and < 2200;
    }

    public static string Between(decimal min, decimal max) =>
        string.Create(CultureInfo.InvariantCulture, $"it must be between {min} and {max}");

    public static string Written(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}
