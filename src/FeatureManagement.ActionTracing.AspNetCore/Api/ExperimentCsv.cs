using System.Buffers;
using System.Globalization;
using System.Text;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Writes a result as a table (RFC 4180): a line for each metric and variant.</summary>
internal static class ExperimentCsv
{
    private const string Header =
        "flag,run,at,metric,role,variant,units,mean,difference,difference_low,difference_high,lift,lift_low,lift_high,"
        + "p_value,chance_to_beat_control,verdict,decided_at";

    // A spreadsheet reads a cell that begins like this as a formula, and a formula may send data away.
    private const string FormulaStarts = "=+-@＝＋－＠\t\r\n";

    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;\"\r\n\t");

    public static string Write(ExperimentResult result)
    {
        var text = new StringBuilder(Header).Append("\r\n");
        foreach (ExperimentMetricResult metric in result.Metrics)
            foreach (ExperimentArm arm in metric.Variants)
                text.AppendJoin(',', Fields(result, metric, arm).Select(Field)).Append("\r\n");
        return text.ToString();
    }

    private static object?[] Fields(ExperimentResult result, ExperimentMetricResult metric, ExperimentArm arm)
    {
        ExperimentComparison? comparison =
            metric.Comparisons.FirstOrDefault(candidate => candidate.Variant == arm.Variant);
        string verdict = "control";
        if (comparison is not null)
            verdict = FlagSpelling.Write(comparison.Verdict);
        return
        [
            result.Flag,
            result.Run,
            Time(result.At),
            metric.Name,
            FlagSpelling.Write(metric.Role),
            arm.Variant,
            arm.Units,
            arm.Mean,
            comparison?.Difference?.Estimate,
            comparison?.Difference?.Low,
            comparison?.Difference?.High,
            comparison?.Lift?.Estimate,
            comparison?.Lift?.Low,
            comparison?.Lift?.High,
            comparison?.PValue,
            comparison?.ChanceToBeatControl,
            verdict,
            Time(comparison?.DecidedAt),
        ];
    }

    private static string? Time(DateTimeOffset? at) => at?.ToString("O", CultureInfo.InvariantCulture);

    private static string Field(object? value)
    {
        string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        if (value is string && IsFormula(text))
            text = "'" + text;
        if (text.AsSpan().ContainsAny(Quoted))
            return $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return text;
    }

    private static bool IsFormula(string text) =>
        text.Length > 0
        && FormulaStarts.Contains(text[0], StringComparison.Ordinal)
        && !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
