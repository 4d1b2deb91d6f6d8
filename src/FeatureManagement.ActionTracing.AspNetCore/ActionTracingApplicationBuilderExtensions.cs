using FeatureManagement.ActionTracing.AspNetCore.Actions;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore;

/// <summary>Makes each request an action.</summary>
public static class ActionTracingApplicationBuilderExtensions
{
    /// <summary>
    /// Wraps each request as an action: traced where the flags of tracing say so, and seen by rollouts. An unhandled exception or an answer of 500 and
    /// above is an error. A request that its client gave up, a WebSocket or an event stream is of no account.
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
