using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Documentation;

/// <summary>docs/opentelemetry.md lists what there is to measure, all of it and nothing else.</summary>
public partial class InstrumentTests
{
    [Fact]
    public async Task Page_ListsEveryInstrumentWithItsUnit()
    {
        var published = new ConcurrentBag<Instrument>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, _) => published.Add(instrument) };
        listener.Start();
        await using WebHost host = await WebHost.StartAsync();
        // What is made at its first use.
        host.Services.GetRequiredService<IActionTracer>();
        host.Services.GetRequiredService<IExperimentRecorder>();
        IMeterFactory meters = host.Services.GetRequiredService<IMeterFactory>();
        string[] real = [.. published.Where(instrument => ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == ActionTracingMeter.Name)
            .Select(instrument => $"{instrument.Name} {instrument.Unit} {KindOf(instrument)}").Distinct().Order(StringComparer.Ordinal)];

        string page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "opentelemetry.md"));
        string[] listed = [.. Line().Matches(page[page.IndexOf("## Measurements", StringComparison.Ordinal)..])
            .Select(line => $"{line.Groups["name"].Value} {line.Groups["unit"].Value} {(line.Groups["kind"] is { Success: true } kind ? kind.Value : "counter")}").Order(StringComparer.Ordinal)];
        Assert.Equal(real, listed);
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        UpDownCounter<long> => "up-down counter",
        Counter<long> => "counter",
        ObservableGauge<double> or ObservableGauge<int> => "gauge",
        _ => instrument.GetType().Name,
    };

    [GeneratedRegex(@"^\| `(?<name>[a-z_.]+)`(?: \((?<kind>[a-z -]+)\))? \| (?<unit>\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Line();
}
