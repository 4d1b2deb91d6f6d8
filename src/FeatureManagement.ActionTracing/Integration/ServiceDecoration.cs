using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>Puts a service around the one that is registered.</summary>
internal static class ServiceDecoration
{
    private static readonly object Inner = new();

    /// <summary>
    /// Replaces the registration in force of <typeparamref name="TService"/>. What was registered becomes <see cref="GetInner"/>, with the lifetime
    /// that it had; the container goes on owning and disposing it.
    /// </summary>
    public static void Decorate<TService>(this IServiceCollection services, Func<IServiceProvider, TService> decorate) where TService : class
    {
        ServiceDescriptor inner = services.LastOrDefault(service => service.ServiceType == typeof(TService) && !service.IsKeyedService)
            ?? throw new InvalidOperationException($"No {typeof(TService).Name} is registered. Call AddFeatureManagement() before WithActionTracing().");
        services.Remove(inner);
        services.Add(inner switch
        {
            { ImplementationInstance: { } instance } => new ServiceDescriptor(typeof(TService), Inner, instance),
            { ImplementationFactory: { } factory } => new ServiceDescriptor(typeof(TService), Inner, (provider, _) => factory(provider), inner.Lifetime),
            _ => new ServiceDescriptor(typeof(TService), Inner, inner.ImplementationType!, inner.Lifetime),
        });
        services.Add(new ServiceDescriptor(typeof(TService), decorate, inner.Lifetime));
    }

    /// <summary>The service that <see cref="Decorate"/> put another one around.</summary>
    public static TService GetInner<TService>(this IServiceProvider services) where TService : class =>
        services.GetRequiredKeyedService<TService>(Inner);
}
