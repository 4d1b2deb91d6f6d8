using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using FeatureManagement.ActionTracing.Benchmarks;

// One child process measures everything once and prints a row per line; the parent starts several, one after the other, and prints the medians.
// Arguments: modes (none: all) and the number of processes, in any order. 'safety' stands alone: simulated rollouts, and how many times as many as usual;
// 'safety returning' and 'safety early': only those among users who come back, or with early checks.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--start", var kind, var directory])
{
    await StartHost.RunAsync(kind, directory);
    return 0;
}
bool isChild = args is ["--child", ..];
if (args is ["safety", .. var rest])
{
    int times = rest is [.., var last] && int.TryParse(last, out int wanted) && wanted > 0 ? wanted : 1;
    if (rest is ["returning", ..])
        SafetyTable.PrintReturning(times);
    else if (rest is ["early", ..])
        SafetyTable.PrintEarly(times);
    else
        SafetyTable.Print(times);
    return 0;
}
int processes = 5;
var names = new List<string>();
foreach (string arg in isChild ? args.Skip(1) : args)
{
    if (int.TryParse(arg, out int count) && count > 0)
        processes = count;
    else if (Modes.All.Any(mode => mode.Name == arg))
        names.Add(arg);
    else
    {
        Console.Error.WriteLine($"'{arg}' is neither a number of processes nor one of: {string.Join(", ", Modes.All.Select(mode => mode.Name))}; 'safety' stands alone.");
        return 2;
    }
}

if (isChild)
{
    foreach ((string name, Func<IEnumerable<Row>> measure) in Modes.All)
        if (names.Count == 0 || names.Contains(name))
            foreach (Row row in measure())
                Console.WriteLine(JsonSerializer.Serialize(row));
    return 0;
}

var runs = new List<Row[]>();
for (int i = 0; i < processes; i++)
{
    Console.Error.WriteLine($"process {i + 1} of {processes} …");
    using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["--child", .. names]) { RedirectStandardOutput = true })!;
    string output = await child.StandardOutput.ReadToEndAsync();
    await child.WaitForExitAsync();
    if (child.ExitCode != 0)
        return child.ExitCode;
    runs.Add([.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Row>(line)!)]);
}

Console.WriteLine($"{Environment.ProcessorCount} processors ({Machine.Processor()}), {RuntimeInformation.OSDescription}, .NET {Environment.Version}; median of {processes} processes (smallest to largest)");
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
