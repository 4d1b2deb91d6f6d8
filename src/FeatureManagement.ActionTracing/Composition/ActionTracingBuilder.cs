using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// Adds parts to action tracing: a store, ASP.NET Core, a metrics source. Given to the callback of
/// <c>WithActionTracing</c>.
/// </summary>
public sealed class ActionTracingBuilder
{
    internal ActionTracingBuilder(IServiceCollection services) => Services = services;

    /// <summary>Where the parts are registered.</summary>
    public IServiceCollection Services { get; }
}
