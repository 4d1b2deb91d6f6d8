using FeatureManagement.ActionTracing.AspNetCore.Connections;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FeatureManagement.ActionTracing;

/// <summary>Adds action tracing to long-lived connections: calls of SignalR hubs and events of Blazor Server.</summary>
public static class ActionTracingConnectionExtensions
{
    /// <summary>
    /// Wraps each call of a hub method as an action of the connection's user. Calling it twice is harmless.
    /// </summary>
    /// <param name="builder">The result of <c>AddSignalR()</c>.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// An exception of the method is an error. A method that still runs when its client disconnects is given up.
    /// Methods that stream, in either direction, are not actions. Needs
    /// <c>AddFeatureManagement().WithActionTracing()</c>, before or after it.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static ISignalRServerBuilder AddActionTracing(this ISignalRServerBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(ActionTracingHubFilter)))
            return builder;
        builder.Services.AddConnections();
        builder.Services.AddSingleton<HubMethods>();
        builder.Services.AddSingleton(provider =>
            ActivatorUtilities.CreateInstance<ActionTracingHubFilter>(provider, TracerOf(provider, "AddSignalR()")));
        builder.Services.Configure<HubOptions>(options => options.AddFilter<ActionTracingHubFilter>());
        return builder;
    }

    /// <summary>
    /// Wraps each event that a Blazor Server component handles, such as a click, as an action of the circuit's user.
    /// Calling it twice is harmless.
    /// </summary>
    /// <param name="builder">
    /// The result of <c>AddInteractiveServerComponents()</c> or <c>AddServerSideBlazor()</c>.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The action lasts until everything that the handler awaits is done. An exception of the handler is an error.
    /// Needs <c>AddFeatureManagement().WithActionTracing()</c>, before or after it.
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static IServerSideBlazorBuilder AddActionTracing(this IServerSideBlazorBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddConnections();
        builder.Services.TryAddSingleton(provider =>
            new CircuitEvents(TracerOf(provider, "AddInteractiveServerComponents()")));
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
        ?? throw new InvalidOperationException(
            $"{place}.AddActionTracing() needs services.AddFeatureManagement().WithActionTracing().");
}
