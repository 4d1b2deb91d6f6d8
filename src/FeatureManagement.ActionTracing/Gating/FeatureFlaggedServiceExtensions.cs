using FeatureManagement.ActionTracing.Gating;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing;

/// <summary>Registers services whose methods are behind flags.</summary>
public static class FeatureFlaggedServiceExtensions
{
    /// <summary>
    /// Registers a service some of whose methods are behind flags: those of the interface that have
    /// <see cref="WithFeatureFlagAttribute"/>. Flags are evaluated for the ambient context. Where
    /// <c>WithActionTracing()</c> was never called, everything is on.
    /// </summary>
    /// <typeparam name="TService">An interface.</typeparam>
    /// <typeparam name="TImplementation">The implementation. The container creates and disposes it.</typeparam>
    /// <param name="services">The services.</param>
    /// <param name="lifetime">How long an instance lives. The default is transient.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">
    /// A method's flag or fallback is invalid; the message lists every fault.
    /// </exception>
    public static IServiceCollection AddFeatureFlagged<TService, TImplementation>(
        this IServiceCollection services, ServiceLifetime lifetime = ServiceLifetime.Transient)
        where TService : class
        where TImplementation : class, TService
    {
        ArgumentNullException.ThrowIfNull(services);
        GatedMethods methods = GatedMethods.Read(typeof(TService), typeof(TImplementation));
        object behind = new();
        services.Add(new ServiceDescriptor(typeof(TImplementation), behind, typeof(TImplementation), lifetime));
        services.Add(new ServiceDescriptor(
            typeof(TService),
            provider => GateProxy<TService>.Around(provider.GetRequiredKeyedService<TImplementation>(behind), methods, provider),
            lifetime));
        return services;
    }
}
