using FeatureManagement.ActionTracing.AspNetCore.Connections;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing;

/// <summary>Makes what users do inside long-lived connections actions: calls of SignalR hubs and events of Blazor Server.</summary>
public static class ActionTracingConnectionExtensions
{
    /// <summary>
    /// Makes each call of a hub's method an action, for the user of its connection. An exception of the method is an error; a method that still runs when
    /// its client disconnects was given up. Methods that stream, in either direction, are no actions. Calling it twice is harmless.
    /// </summary>
    /// <param name="builder">What <c>AddSignalR()</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Needs <c>AddFeatureManagement().WithActionTracing()</c>, before or after it.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static ISignalRServerBuilder AddActionTracing(this ISignalRServerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(ActionTracingHubFilter)))
            return builder;
        builder.Services.AddConnections();
        builder.Services.AddSingleton<HubMethods>();
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ActionTracingHubFilter>(provider, TracerOf(provider, "AddSignalR()")));
        builder.Services.Configure<HubOptions>(options => options.AddFilter<ActionTracingHubFilter>());
        return builder;
    }

    /// <summary>
    /// Makes each event that a component of Blazor Server handles, as a click, an action for the user of its circuit, until all that its handler awaits is
    /// done. An exception of the handler is an error. Calling it twice is harmless.
    /// </summary>
    /// <param name="builder">What <c>AddInteractiveServerComponents()</c> or <c>AddServerSideBlazor()</c> returned.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Needs <c>AddFeatureManagement().WithActionTracing()</c>, before or after it.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IServerSideBlazorBuilder AddActionTracing(this IServerSideBlazorBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddConnections();
        builder.Services.TryAddSingleton(provider => new CircuitEvents(TracerOf(provider, "AddInteractiveServerComponents()")));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Scoped<CircuitHandler, ActionTracingCircuitHandler>());
        return builder;
    }

    private static void AddConnections(this IServiceCollection services)
    {
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ConnectionUser>();
    }

    private static IActionTracer TracerOf(IServiceProvider provider, string place) => provider.GetService<IActionTracer>()
        ?? throw new InvalidOperationException($"{place}.AddActionTracing() needs services.AddFeatureManagement().WithActionTracing().");
}
