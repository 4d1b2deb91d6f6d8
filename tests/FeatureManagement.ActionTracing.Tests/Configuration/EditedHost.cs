using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>A real host over a real content root whose <c>appsettings.json</c> is edited while it runs.</summary>
internal sealed class EditedHost : IDisposable
{
    private readonly IHost _host;

    public EditedHost(TempDirectory directory, bool keepLastGood = true, Action<HostApplicationBuilder>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = directory.Path, EnvironmentName = "Production" });
        builder.Logging.ClearProviders().AddFakeLogging();
        configure?.Invoke(builder);
        if (keepLastGood)
            builder.Configuration.KeepLastGoodJson();
        builder.Services.AddFeatureManagement().WithActionTracing();
        _host = builder.Build();
        _host.Start();
    }

    public IReadOnlyList<FakeLogRecord> Logs => _host.Services.GetFakeLogCollector().GetSnapshot();

    public ConfigurationReport Report => _host.Services.GetRequiredService<IActionTracingConfigurationStatus>().Current;

    public IEnumerable<string> Faults => Report.Faults.Select(fault => fault.Message);

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public bool IsOn(string flag) => _host.Services.GetRequiredService<IFeatureFlagManager>().IsEnabled(flag);

    public bool OrdinaryIsOn(string feature) => _host.Services.GetRequiredService<IFeatureManager>().IsEnabledAsync(feature).GetAwaiter().GetResult();

    public void WaitFor(Func<EditedHost, bool> condition) =>
        Eventually.True(() => condition(this), () => $"Accepted {Report.Accepted}, rejected {Report.Rejected}, faults: {string.Join(" ", Faults)}");

    public void Dispose()
    {
        _host.StopAsync().GetAwaiter().GetResult();
        _host.Dispose();
    }
}
