using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FeatureManagement.ActionTracing.Benchmarks;

// One child process measures everything once and prints a row per line; the parent starts several, one after the other, and prints the medians.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--child"])
{
    foreach (Row row in new EvaluationRows().Measure().Concat(SnapshotRows.Measure()).Concat(ActionRows.Measure()))
        Console.WriteLine(JsonSerializer.Serialize(row));
    return 0;
}

int processes = args is [var count] && int.TryParse(count, CultureInfo.InvariantCulture, out int parsed) ? parsed : 5;
var runs = new List<Row[]>();
for (int i = 0; i < processes; i++)
{
    Console.Error.WriteLine($"process {i + 1} of {processes} …");
    using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, "--child") { RedirectStandardOutput = true })!;
    string output = await child.StandardOutput.ReadToEndAsync();
    await child.WaitForExitAsync();
    if (child.ExitCode != 0)
        return child.ExitCode;
    runs.Add([.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Row>(line)!)]);
}

Console.WriteLine($"{Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.OSDescription}, .NET {Environment.Version}; median of {processes} processes (smallest to largest)");
Console.WriteLine();
Console.WriteLine("| job | measure | value | range | goal | |");
Console.WriteLine("|---|---|---|---|---|---|");
for (int i = 0; i < runs[0].Length; i++)
{
    Row first = runs[0][i];
    double[] values = [.. runs.Select(run => run[i].Value).Order()];
    Row row = first with { Value = Measurement.Median(values) };
    string goal = row.Goal is { } bound ? $"{(row.AtLeast ? "≥" : "≤")} {bound}" : "";
    Console.WriteLine($"| {row.Job} | {row.Measure} | {row.Value:0.##} {row.Unit} | {values[0]:0.##}–{values[^1]:0.##} | {goal} | {(row.Goal is null ? "" : row.IsMet ? "met" : "missed")} |");
}
return 0;
