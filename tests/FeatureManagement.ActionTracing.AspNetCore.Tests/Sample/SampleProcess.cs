using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Sample;

/// <summary>The sample, or another application, as a process of its own, over a content root that the test edits.</summary>
internal sealed class SampleProcess : IDisposable
{
    private const string Listening = "Now listening on: ";

    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(10);

    private readonly Process _process;

    private SampleProcess(Process process, Uri address)
    {
        _process = process;
        // Each request is its own visitor.
        Client = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public static Task<SampleProcess> StartAsync(string contentRoot, string environment = "Production") =>
        StartAsync(new ProcessStartInfo("dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "FeatureManagement.ActionTracing.Sample.dll"),
                "--contentRoot", contentRoot, "--urls", "http://127.0.0.1:0", "--environment", environment, "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information",
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });

    /// <summary>Starts an application that says where it listens, within ten minutes: it may have to be built first.</summary>
    public static async Task<SampleProcess> StartAsync(ProcessStartInfo start, TimeSpan? within = null)
    {
        var process = Process.Start(start)!;
        // From the start, for a full pipe stops the one who writes into it.
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var bound = new CancellationTokenSource(within ?? Bound);
        var said = new List<string>();
        try
        {
            while (await process.StandardOutput.ReadLineAsync(bound.Token) is { } line)
            {
                said.Add(line);
                if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
                {
                    _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                    return new SampleProcess(process, new Uri(line[(at + Listening.Length)..]));
                }
            }
        }
        catch (OperationCanceledException)
        {
            said.Add($"It did not say where it listens in {within ?? Bound:c}.");
        }
        process.Kill(entireProcessTree: true);
        string message = $"The sample did not start: {string.Join('\n', said)}\n{await errors}";
        process.Dispose();
        throw new InvalidOperationException(message);
    }

    public async Task<string> GetAsync(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    public async Task<JsonObject> HealthAsync()
    {
        using HttpResponseMessage response = await Client.GetAsync("/healthz");
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    public void Dispose()
    {
        Client.Dispose();
        _process.Kill(entireProcessTree: true); // a shell, dotnet run and what it runs
        _process.WaitForExit();
        _process.Dispose();
    }
}
