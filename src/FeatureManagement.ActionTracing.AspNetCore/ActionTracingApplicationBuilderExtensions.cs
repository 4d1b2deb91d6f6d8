using FeatureManagement.ActionTracing.AspNetCore.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing;

/// <summary>Makes each request an action.</summary>
public static class ActionTracingApplicationBuilderExtensions
{
    /// <summary>
    /// Wraps each request as an action: traced where the flags of tracing say so, and seen by rollouts. An unhandled exception, an answer of 500 and
    /// above or a gRPC status that is the server's fault is an error. A request that its client gives up counts as slow where it lasted long enough, else for
    /// nothing. Upgraded connections, event streams and connections to a hub are no actions.
    /// </summary>
    /// <param name="app">The pipeline. Place this first, outside exception handlers, so that what they make of an exception is what counts.</param>
    /// <returns>The same pipeline.</returns>
    /// <exception cref="InvalidOperationException"><c>WithActionTracing()</c> was not called.</exception>
    public static IApplicationBuilder UseActionTracing(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<IActionTracer>() is null)
            throw new InvalidOperationException("UseActionTracing() needs services.AddFeatureManagement().WithActionTracing().");
        return app.UseMiddleware<ActionTracingMiddleware>();
    }
}
