using FeatureManagement.ActionTracing.AspNetCore.Actions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing;

/// <summary>Adds action tracing to the request pipeline.</summary>
public static class ActionTracingApplicationBuilderExtensions
{
    /// <summary>
    /// Wraps each request as an action: traced where the tracing flags are on, and counted by rollouts.
    /// </summary>
    /// <param name="app">
    /// The pipeline. Add this first, outside exception handlers, so that the response of a handler is what counts.
    /// </param>
    /// <returns>The same pipeline.</returns>
    /// <remarks>
    /// An unhandled exception, a status of 500 and above and a gRPC status of a server fault are errors. A request that
    /// its client aborts counts as slow where it lasted long enough, else it does not count. Upgraded connections,
    /// event streams and hub connections are not actions.
    /// </remarks>
    /// <exception cref="InvalidOperationException"><c>WithActionTracing()</c> was not called.</exception>
    public static IApplicationBuilder UseActionTracing(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.ApplicationServices.GetService<IActionTracer>() is null)
            throw new InvalidOperationException("UseActionTracing() needs services.AddFeatureManagement().WithActionTracing().");
        return app.UseMiddleware<ActionTracingMiddleware>();
    }
}
