using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>What the page shows beside flags.</summary>
/// <param name="Application">The host's name.</param>
/// <param name="Environment">The host's environment.</param>
/// <param name="MayWrite">Whether this caller may change flags and rollouts; the page shows no such button to others.</param>
/// <param name="MayShutDown">Whether this caller may shut a flag down.</param>
/// <param name="Configuration">What was accepted and what rejected.</param>
/// <param name="Store">How the store is.</param>
internal sealed record StatusModel(string Application, string Environment, bool MayWrite, bool MayShutDown, ConfigurationReport Configuration, StoreReport Store);
