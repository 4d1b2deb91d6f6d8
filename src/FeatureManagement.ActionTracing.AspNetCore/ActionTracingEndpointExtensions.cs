using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.AspNetCore.Actions;
using FeatureManagement.ActionTracing.AspNetCore.Api;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing;

/// <summary>Maps the management endpoints of action tracing, and excludes endpoints from tracing.</summary>
public static class ActionTracingEndpointExtensions
{
    /// <summary>Maps the dashboard and the management API below a prefix, as one group.</summary>
    /// <param name="endpoints">The application, or a group of it.</param>
    /// <param name="prefix">The path above all endpoints, for example <c>/action-tracing</c>.</param>
    /// <returns>
    /// The convention builder of the group: <c>RequireAuthorization</c> restricts all endpoints, <c>AllowAnonymous</c>
    /// opens reads.
    /// </returns>
    /// <remarks>
    /// Access is denied by default. Reads need <see cref="ActionTracingWebOptions.ReadPolicy"/> or the requirements of
    /// the group, writes need <see cref="ActionTracingWebOptions.WritePolicy"/>, and an emergency needs <see
    /// cref="ActionTracingWebOptions.EmergencyPolicy"/>. In the Development environment a caller on this machine may
    /// use all.
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>AddAspNetCore()</c> was not called.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// <see cref="ActionTracingWebOptions.AllowedOrigins"/> has an entry that is not an origin.
    /// </exception>
    public static IEndpointConventionBuilder MapActionTracing(this IEndpointRouteBuilder endpoints, string prefix)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        if (endpoints.ServiceProvider.GetService<CallerAccess>() is null)
            throw new InvalidOperationException(
                "MapActionTracing() needs AddAspNetCore(): "
                + "call AddFeatureManagement().WithActionTracing(tracing => tracing.AddAspNetCore()).");
        // Invalid options stop the application here, also where no host validates them at start.
        endpoints.ServiceProvider.GetRequiredService<SameSite>();
        RouteGroupBuilder group = endpoints.MapGroup(prefix);
        EndpointAccess.Protect(group);
        // The application's own defaults do not apply here: no response is cached, no stream times out, no path is
        // published.
        group.CacheOutput(static policy => policy.NoCache()).DisableRequestTimeout().ExcludeFromDescription();
        group.MapDashboard();
        group.MapFlags();
        group.MapFeatures();
        group.MapChanges();
        group.MapEmergencies();
        group.MapAudit();
        group.MapRollouts();
        group.MapExperiments();
        group.MapUnknown();
        return group.DisableActionTracing();
    }

    /// <summary>
    /// Excludes endpoints, for example probes and administration: their requests are not actions, not traced and not
    /// counted.
    /// </summary>
    /// <typeparam name="TBuilder">The type of the builder.</typeparam>
    /// <param name="builder">The endpoints.</param>
    /// <returns>The same builder.</returns>
    /// <remarks>Needs routing before <c>UseActionTracing()</c>, as in a <c>WebApplication</c>.</remarks>
    public static TBuilder DisableActionTracing<TBuilder>(this TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(static endpoint => endpoint.Metadata.Add(NoAction.Instance));
        return builder;
    }
}
