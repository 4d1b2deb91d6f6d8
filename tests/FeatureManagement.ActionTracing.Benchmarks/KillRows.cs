using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>How long a kill takes to turn every evaluation off, by each way in, while all processors evaluate: a web application over SQLite, as a user has it.</summary>
internal static class KillRows
{
    private const string Flag = "checkout";
    private static readonly FlagChange Change = new("benchmark", "benchmark");

    public static IEnumerable<Row> Measure() => MeasureAsync().GetAwaiter().GetResult();

    private static async Task<List<Row>> MeasureAsync()
    {
        string directory = Directory.CreateTempSubdirectory("action-tracing-").FullName;
        try
        {
            Write(directory, "enabled");
            await using WebApplication app = Build(directory);
            await app.StartAsync().ConfigureAwait(false);
            var flags = app.Services.GetRequiredService<IFeatureFlagManager>();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            using var evaluators = new Evaluators(flags, Flag, Environment.ProcessorCount);
            void Clear() => flags.ClearEmergencyAsync(Flag, Change).GetAwaiter().GetResult();

            List<Row> rows =
            [
                .. Rows("in process", 50, 1, () => flags.EmergencyShutdownAsync(Flag, Change).GetAwaiter().GetResult(), Clear, evaluators),
                .. Rows("over HTTP", 50, 50, () => Post(http), Clear, evaluators),
                .. Rows("through appsettings.json", 10, 500, () => Write(directory, "emergency_off"), () => Write(directory, "enabled"), evaluators),
            ];
            await app.StopAsync().ConfigureAwait(false);
            return rows;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static Row[] Rows(string way, int rounds, double goal, Action kill, Action clear, Evaluators evaluators)
    {
        var taken = new double[rounds];
        for (int round = -2; round < rounds; round++) // two to warm up
        {
            double milliseconds = evaluators.Kill(kill);
            clear();
            if (round >= 0)
                taken[round] = milliseconds;
        }
        string job = $"kill under load, {way}";
        return [new Row(job, "until every evaluation is off, median", Measurement.Median(taken), "ms", goal), new Row(job, "until every evaluation is off, longest", taken.Max(), "ms", goal)];
    }

    private static void Post(HttpClient http)
    {
        using HttpResponseMessage answer = http.PostAsJsonAsync($"/action-tracing/api/flags/{Flag}/emergency", new { reason = "benchmark" }).GetAwaiter().GetResult();
        answer.EnsureSuccessStatusCode();
    }

    private static void Write(string directory, string state) => File.WriteAllText(Path.Combine(directory, "appsettings.json"),
        $$"""{ "ActionTracing": { "featureFlags": { "{{Flag}}": { "type": "boolean", "state": "{{state}}" } } } }""");

    private static WebApplication Build(string directory)
    {
        // In Development a caller at this machine may do everything.
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = directory, EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddFeatureManagement().WithActionTracing(tracing => tracing.UseSqlite("Data Source=action-tracing.db").AddAspNetCore());
        WebApplication app = builder.Build();
        app.UseActionTracing();
        app.MapActionTracing("/action-tracing");
        return app;
    }
}
