using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A container as an application has it, over flags that the test sets.</summary>
internal sealed class FlagServices : IDisposable
{
    private readonly ServiceProvider _provider;

    public FlagServices(
        IEnumerable<FlagDefinition> flags,
        string environment = "Production",
        Action<IServiceCollection>? before = null,
        Func<IServiceCollection, IFeatureManagementBuilder>? add = null,
        IReadOnlyDictionary<string, string?>? configuration = null)
    {
        Flags = new FixedFlags(flags);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging());
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration ?? new Dictionary<string, string?>()).Build());
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = environment, ContentRootPath = AppContext.BaseDirectory });
        before?.Invoke(services);
        (add ?? (s => s.AddFeatureManagement()))(services).WithActionTracing();
        services.Replace(ServiceDescriptor.Singleton<IFlagCatalogSource>(Flags));
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public FixedFlags Flags { get; }

    public IServiceProvider Provider => _provider;

    public IFeatureFlagManager Manager => Get<IFeatureFlagManager>();

    public FlagSnapshot Snapshot => Get<SnapshotSource>().Current;

    public T Get<T>() where T : notnull => _provider.GetRequiredService<T>();

    /// <summary>What was logged under an event id.</summary>
    public IEnumerable<string> Warnings(int id) => _provider.GetFakeLogCollector().GetSnapshot().Where(record => record.Id.Id == id).Select(record => record.Message);

    public void Dispose() => _provider.Dispose();
}
