using System.Buffers;
using System.Globalization;
using System.Text;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>A result as a table: a line for each metric and variant (RFC 4180).</summary>
internal static class ExperimentCsv
{
    private const string Header = "flag,run,at,metric,role,variant,units,mean,difference,difference_low,difference_high,lift,lift_low,lift_high,p_value,chance_to_beat_control,verdict,decided_at";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;\"\r\n\t");

    public static string Write(ExperimentResult result)
    {
        var text = new StringBuilder(Header).Append("\r\n");
        foreach (ExperimentMetricResult metric in result.Metrics)
            foreach (ExperimentArm arm in metric.Variants)
            {
                ExperimentComparison? comparison = metric.Comparisons.FirstOrDefault(candidate => candidate.Variant == arm.Variant);
                object?[] fields =
                [
                    result.Flag, result.Run, Time(result.At), metric.Name, Flags.FlagSpelling.Write(metric.Role), arm.Variant, arm.Units, arm.Mean,
                    comparison?.Difference?.Estimate, comparison?.Difference?.Low, comparison?.Difference?.High,
                    comparison?.Lift?.Estimate, comparison?.Lift?.Low, comparison?.Lift?.High,
                    comparison?.PValue, comparison?.ChanceToBeatControl, comparison is null ? "control" : Flags.FlagSpelling.Write(comparison.Verdict),
                    comparison?.DecidedAt is { } decided ? Time(decided) : null,
                ];
                text.AppendJoin(',', fields.Select(Field)).Append("\r\n");
            }
        return text.ToString();
    }

    private static string Time(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);

    private static string Field(object? value)
    {
        string text = value is string words ? Harmless(words) : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return text.AsSpan().ContainsAny(Quoted) ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    // A spreadsheet takes what begins like this for a formula, in quotes or not, and a formula may send what it reads away.
    private static string Harmless(string words) =>
        words.Length > 0 && "=+-@＝＋－＠\t\r\n".Contains(words[0], StringComparison.Ordinal) && !double.TryParse(words, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? "'" + words : words;
}
