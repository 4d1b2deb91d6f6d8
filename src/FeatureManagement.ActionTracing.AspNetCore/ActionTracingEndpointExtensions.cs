using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Actions;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing;

/// <summary>Maps the management surface of action tracing, and leaves endpoints out of it.</summary>
public static class ActionTracingEndpointExtensions
{
    /// <summary>
    /// Maps the dashboard and the management API below a prefix, as one group. Access is denied by default: reads need <see cref="ActionTracingWebOptions.ReadPolicy"/> or what the
    /// group requires, writes <see cref="ActionTracingWebOptions.WritePolicy"/>, an emergency <see cref="ActionTracingWebOptions.EmergencyPolicy"/>. In the Development environment a caller at this machine may do everything.
    /// </summary>
    /// <param name="endpoints">The application, or a group of it.</param>
    /// <param name="prefix">The path that everything lies below, as <c>/action-tracing</c>.</param>
    /// <returns>The group's conventions: <c>RequireAuthorization</c> tightens all, <c>AllowAnonymous</c> opens reads.</returns>
    /// <exception cref="InvalidOperationException"><c>AddAspNetCore()</c> was not called.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException"><see cref="ActionTracingWebOptions.AllowedOrigins"/> has an entry that is no origin.</exception>
    public static IEndpointConventionBuilder MapActionTracing(this IEndpointRouteBuilder endpoints, string prefix)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        if (endpoints.ServiceProvider.GetService<CallerAccess>() is null)
            throw new InvalidOperationException("MapActionTracing() needs AddAspNetCore(): call AddFeatureManagement().WithActionTracing(tracing => tracing.AddAspNetCore()).");
        // Wrong options stop the application here, also where no host validates them at start.
        endpoints.ServiceProvider.GetRequiredService<SameSite>();
        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        group.Protect();
        // What the application decides for its own endpoints is not for these: no answer is kept, no stream is cut, no path is published.
        group.CacheOutput(static policy => policy.NoCache()).DisableRequestTimeout().ExcludeFromDescription();
        group.MapDashboard();
        group.MapFlags();
        group.MapFeatures();
        group.MapChanges();
        group.MapAudit();
        group.MapRollouts();
        group.MapExperiments();
        group.MapUnknown();
        return group.DisableActionTracing();
    }

    /// <summary>Says that requests to these endpoints are no actions: they are not traced, and rollouts do not see them. For probes and administration.</summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Works where routing comes before <c>UseActionTracing()</c>, as it does in a <c>WebApplication</c>.</remarks>
    public static TBuilder DisableActionTracing<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(static endpoint => endpoint.Metadata.Add(NoAction.Instance));
        return builder;
    }
}
