using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Configuration providers of the application's own, with methods beside those of the platform, or in their place.</summary>
public sealed class OverloadedProviderTests
{
    public static TheoryData<string, string> Providers => new()
    {
        { nameof(Overloads), "on" },
        { nameof(Overrides), "on" },
        { nameof(Explicit), "on" },
        { nameof(Hides), "off" }, // the platform asks the methods that are hidden
    };

    [Theory]
    [MemberData(nameof(Providers))]
    public void AProvider_IsReadAsThePlatformReadsIt(string provider, string expected)
    {
        using var root = new ConfigurationRoot([Create(provider)]);
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<IConfiguration>(root);
        services.AddFeatureManagement(root).WithActionTracing();
        using ServiceProvider host = services.BuildServiceProvider();

        Assert.Equal(expected == "on" ? "enabled" : "disabled", root["ActionTracing:featureFlags:f:state"]);
        Assert.Equal(expected == "on", host.GetRequiredService<IFeatureFlagManager>().IsEnabled("f"));
        Assert.True(host.GetRequiredService<IActionTracingConfigurationStatus>().Current.Faults.Count == 0);
    }

    private static ConfigurationProvider Create(string provider) => provider switch
    {
        nameof(Overloads) => new Overloads(),
        nameof(Overrides) => new Overrides(),
        nameof(Explicit) => new Explicit(),
        _ => new Hides(),
    };

    private static void Fill(Action<string, string?> set, string state)
    {
        set("ActionTracing:featureFlags:f:type", "boolean");
        set("ActionTracing:featureFlags:f:state", state);
    }

    private sealed class Overloads : ConfigurationProvider
    {
        public Overloads() => Fill(Set, "enabled");

        public bool TryGet(string key, bool decrypt, out string? value) => TryGet(key, out value) && decrypt;

        public bool TryGet(string key) => TryGet(key, out string? _);

        public IEnumerable<string> GetChildKeys(string parentPath) => GetChildKeys([], parentPath);

        public static bool TryGet(string key, out int value) => int.TryParse(key, out value);
    }

    private sealed class Overrides : ConfigurationProvider
    {
        public Overrides() => Fill(Set, "disabled");

        public override bool TryGet(string key, out string? value)
        {
            bool found = base.TryGet(key, out value);
            value = value == "disabled" ? "enabled" : value;
            return found;
        }

        public bool TryGet(string key, bool decrypt, out string? value) => TryGet(key, out value) && decrypt;
    }

    private sealed class Explicit : ConfigurationProvider, IConfigurationProvider
    {
        public Explicit() => Fill(Set, "disabled");

        bool IConfigurationProvider.TryGet(string key, out string? value)
        {
            bool found = TryGet(key, out value);
            value = value == "disabled" ? "enabled" : value;
            return found;
        }
    }

    private sealed class Hides : ConfigurationProvider
    {
        public Hides() => Fill(Set, "disabled");

        public new bool TryGet(string key, out string? value)
        {
            bool found = base.TryGet(key, out value);
            value = value == "disabled" ? "enabled" : value;
            return found;
        }
    }
}
