using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>The state of the host, for the dashboard.</summary>
/// <param name="Application">The name of the application.</param>
/// <param name="Environment">The host environment.</param>
/// <param name="MayWrite">
/// Whether the caller may change flags and rollouts. Without it the page shows no such button.
/// </param>
/// <param name="MayShutDown">Whether the caller may shut a flag down.</param>
/// <param name="Configuration">The accepted and rejected configuration.</param>
/// <param name="Store">The state of the store.</param>
internal sealed record StatusModel(
    string Application,
    string Environment,
    bool MayWrite,
    bool MayShutDown,
    ConfigurationReport Configuration,
    StoreReport Store);
