using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>A worker's host over a real appsettings.json and a fake clock, whose rollouts are checked when the test says so.</summary>
internal sealed class RolloutHost : IDisposable
{
    public const string Name = "checkout";
    public static readonly FlagChange Ada = new("ada", "a test");
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TempDirectory _directory = new();
    private readonly IHost _host;
    private readonly Random _random = new(42);
    private int _users;

    public RolloutHost(
        string rolloutConfig = "", string fields = "", FakeTimeProvider? time = null, IActionTracingStore? store = null, Action<IServiceCollection>? configure = null, string others = "",
        string? settings = null, Action<ActionTracingBuilder>? tracing = null)
    {
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Write(rolloutConfig, fields, others);
        if (settings is not null)
            _directory.Write("appsettings.json", settings);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = _directory.Path, EnvironmentName = "Production" });
        builder.Configuration.AddJsonFile(Path.Combine(_directory.Path, "appsettings.json"), optional: false, reloadOnChange: false);
        builder.Services.AddLogging().AddSingleton<TimeProvider>(Time);
        if (store is not null)
            builder.Services.AddSingleton(store);
        configure?.Invoke(builder.Services);
        builder.Services.AddFeatureManagement().WithActionTracing(tracing ?? (_ => { }));
        // The test checks, instead of the loop's timer.
        foreach (ServiceDescriptor loop in builder.Services.Where(service => service.ImplementationFactory?.Method.ReturnType == typeof(RolloutLoop)).ToList())
            builder.Services.Remove(loop);
        _host = builder.Build();
        _ = Get<RolloutLoop>(); // as the host makes it: it sees the overrides from then on
        _host.Start();
    }

    public FakeTimeProvider Time { get; }

    public IRolloutManager Rollouts => Get<IRolloutManager>();

    public IFeatureFlagManager Flags => Get<IFeatureFlagManager>();

    public RolloutStatus Status => Rollouts.GetStatus(Name)!;

    public FlagStatus Flag => Flags.GetFlag(Name)!;

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public Task<RolloutStatus> StartAsync(RolloutConfig? plan = null) => Rollouts.StartAsync(Name, Ada, plan);

    /// <summary>New content of the file; <paramref name="fields"/> are the flag's, beside its type.</summary>
    public void Edit(string rolloutConfig, string fields = "", string others = "", bool removed = false)
    {
        Write(rolloutConfig, fields, others, removed);
        ((IConfigurationRoot)Get<IConfiguration>()).Reload();
    }

    /// <summary>Another content of the whole file.</summary>
    public void EditAll(string settings)
    {
        _directory.Write("appsettings.json", settings);
        ((IConfigurationRoot)Get<IConfiguration>()).Reload();
    }

    /// <summary>Reads the store, as its poll does.</summary>
    public Task SyncAsync() => Get<StoreSynchronizer>().SyncAsync(default);

    /// <summary>Reads the store and checks every rollout.</summary>
    public async Task CheckAsync()
    {
        await SyncAsync();
        await Get<RolloutLoop>().TickAsync(default);
    }

    /// <summary>Lets an interval pass, with traffic in it, and checks.</summary>
    public async Task TickAsync(Traffic? traffic = null, int users = 0)
    {
        DateTimeOffset end = Time.GetUtcNow() + Interval;
        Visit(traffic, users);
        if (end > Time.GetUtcNow())
            Time.Advance(end - Time.GetUtcNow());
        // The poll of the store is due as well, on a thread of its own: what it does is done when the check begins.
        await CheckAsync();
    }

    /// <summary>Traffic, without a check.</summary>
    public void Visit(Traffic? traffic, int users)
    {
        for (int i = 0; i < users; i++)
            Act(traffic ?? new(), $"user{(traffic?.Returning is { } pool ? _random.Next(pool) : _users++)}");
    }

    /// <summary>Checks again and again until the rollout has ended, or the ticks have been used up.</summary>
    public async Task RunAsync(int ticks, Traffic? traffic = null, int users = 0)
    {
        for (int i = 0; i < ticks && Status.EndedAt is null; i++)
            await TickAsync(traffic, users);
    }

    public void Dispose()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
        _directory.Dispose();
    }

    public void Act(Traffic traffic, string user)
    {
        using TracedAction action = Get<IActionTracer>().StartAction("order");
        bool on = Flags.IsEnabled(Name, new FeatureFlagContext { UserId = user });
        if (traffic.IsGated)
            Get<IActionTracer>().NoteGate(Name);
        double milliseconds = (on ? traffic.ExposedLatency : traffic.ControlLatency) * Math.Exp(_random.NextDouble() - 0.5);
        if (milliseconds > 0)
            Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        if (_random.NextDouble() < (on ? traffic.ExposedErrors : traffic.ControlErrors))
            action.Fail(errorType: "broken");
    }

    private void Write(string rolloutConfig, string fields, string others = "", bool removed = false) => File.WriteAllText(Path.Combine(_directory.Path, "appsettings.json"),
        $$"""
        { "ActionTracing": { "featureFlags": {
            {{(removed ? "" : $$""" "{{Name}}": { "type": "percentage", {{(fields.Length > 0 ? fields : "\"state\": \"disabled\"")}}, "rolloutConfig": { {{(rolloutConfig.Length > 0 ? rolloutConfig : "\"type\": \"linear\"")}} } },""")}}
            {{others}}
            "other": { "type": "boolean", "state": "enabled" } } } }
        """);
}
