using System.Diagnostics;
using System.Text.Json;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A worker's host over a real appsettings.json, in a directory of its own that also takes its trace files.</summary>
internal sealed class TracingHost : IDisposable
{
    private readonly IHost _host;

    public TracingHost(Action<IServiceCollection>? configure = null, object? traceOutput = null, string? directory = null, params (string Flag, string State)[] flags)
    {
        Directory = directory ?? System.IO.Directory.CreateTempSubdirectory("action-tracing-").FullName;
        TraceOutput = traceOutput ?? new { };
        Write(flags);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = Directory, EnvironmentName = "Production" });
        builder.Configuration.AddJsonFile(Path.Combine(Directory, "appsettings.json"), optional: false, reloadOnChange: false);
        builder.Services.AddLogging();
        configure?.Invoke(builder.Services);
        builder.Services.AddFeatureManagement().WithActionTracing();
        _host = builder.Build();
        _host.Start();
    }

    public string Directory { get; }

    public object TraceOutput { get; }

    public IActionTracer Tracer => Get<IActionTracer>();

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Edits the file and has it read: the state of each flag that is named; the others are as they are built in.</summary>
    public void Set(params (string Flag, string State)[] flags)
    {
        Write(flags);
        ((IConfigurationRoot)Get<IConfiguration>()).Reload();
    }

    public Activity? Act(string name = "act", Action<TracedAction>? work = null)
    {
        using TracedAction action = Tracer.StartAction(name);
        work?.Invoke(action);
        return action.Activity;
    }

    /// <summary>Stops the host, which writes what is queued, and reads all lines of all files.</summary>
    public JsonElement[] Traces()
    {
        Stop();
        return ReadTraces(Directory);
    }

    public static JsonElement[] ReadTraces(string directory) =>
        [.. Files(directory).SelectMany(File.ReadAllLines).Select(line => JsonDocument.Parse(line).RootElement)];

    public static string[] Files(string directory) => System.IO.Directory.Exists(Path.Combine(directory, "traces"))
        ? [.. System.IO.Directory.GetFiles(Path.Combine(directory, "traces")).Order(StringComparer.Ordinal)]
        : [];

    public void Stop()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }

    public void Dispose()
    {
        Stop();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Write((string Flag, string State)[] flags) => File.WriteAllText(Path.Combine(Directory, "appsettings.json"), JsonSerializer.Serialize(new
    {
        actionTracing = new
        {
            // A section without any flag would be a fault, and the last good one would stand.
            featureFlags = flags.Append((Flag: "unrelated", State: "enabled")).ToDictionary(flag => flag.Flag, flag => Definition(flag.Flag, flag.State)),
            traceOutput = TraceOutput,
        },
    }));

    private static object Definition(string flag, string state) => flag switch
    {
        TracingSwitches.Shutdown => new { type = "boolean", state, priority = 1 },
        TracingSwitches.Verbosity or TracingSwitches.VerbosityTest => new
        {
            type = "multivariate",
            state = state == "disabled" ? state : "enabled",
            variants = new Dictionary<string, object> { [state] = new { weight = 1 } },
        },
        _ => new { type = "boolean", state },
    };
}
