using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>Decorates a registered service.</summary>
internal static class ServiceDecoration
{
    private static readonly object Inner = new();

    /// <summary>
    /// Replaces the last registration of <typeparamref name="TService"/>. <see cref="GetInner"/> returns the replaced
    /// service, with its lifetime; the container still owns and disposes it.
    /// </summary>
    public static void Decorate<TService>(this IServiceCollection services, Func<IServiceProvider, TService> decorate)
        where TService : class
    {
        ServiceDescriptor inner = services.LastOrDefault(service => service.ServiceType == typeof(TService) && !service.IsKeyedService)
            ?? throw new InvalidOperationException(
                $"No {typeof(TService).Name} is registered. Call AddFeatureManagement() before WithActionTracing().");
        services.Remove(inner);
        services.Add(inner switch
        {
            { ImplementationInstance: { } instance } => new ServiceDescriptor(typeof(TService), Inner, instance),
            { ImplementationFactory: { } factory } =>
                new ServiceDescriptor(typeof(TService), Inner, (provider, _) => factory(provider), inner.Lifetime),
            _ => new ServiceDescriptor(typeof(TService), Inner, inner.ImplementationType!, inner.Lifetime),
        });
        services.Add(new ServiceDescriptor(typeof(TService), decorate, inner.Lifetime));
    }

    /// <summary>The service that <see cref="Decorate"/> decorated.</summary>
    public static TService GetInner<TService>(this IServiceProvider services) where TService : class =>
        services.GetRequiredKeyedService<TService>(Inner);
}
