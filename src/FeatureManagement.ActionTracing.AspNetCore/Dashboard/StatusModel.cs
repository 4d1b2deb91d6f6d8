using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.AspNetCore.Dashboard;

/// <summary>What the page shows beside flags.</summary>
/// <param name="Application">The host's name.</param>
/// <param name="Environment">The host's environment.</param>
/// <param name="MayWrite">Whether this caller may change anything; a page without that shows no buttons.</param>
/// <param name="Configuration">What was accepted and what rejected.</param>
/// <param name="Store">How the store is.</param>
internal sealed record StatusModel(string Application, string Environment, bool MayWrite, ConfigurationReport Configuration, StoreReport Store);
