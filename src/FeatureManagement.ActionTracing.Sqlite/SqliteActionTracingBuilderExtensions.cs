using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing;

/// <summary>Adds the embedded, durable store.</summary>
public static class SqliteActionTracingBuilderExtensions
{
    /// <summary>
    /// Keeps run-time state, the audits and the units of experiments in a SQLite file, which is created at first use.
    /// Processes on the same machine may share it.
    /// </summary>
    /// <param name="builder">The builder that <c>WithActionTracing</c> gives.</param>
    /// <param name="connectionString">
    /// A connection string (<c>Data Source=action-tracing.db</c>) or just the path. A relative path begins at the
    /// host's content root.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// The file belongs on a local disk that outlives the process; its directory must exist. The last store that is
    /// added is the one that is used.
    /// </remarks>
    /// <exception cref="ArgumentException">The connection string names no file.</exception>
    public static ActionTracingBuilder UseSqlite(this ActionTracingBuilder builder, string connectionString)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        SqliteConnectionString.Parse(connectionString);
        builder.Services.Replace(ServiceDescriptor.Singleton<IActionTracingStore>(provider =>
        {
            var file = new SqliteFile(
                connectionString, provider.GetService<IHostEnvironment>()?.ContentRootPath,
                provider.GetService<ILogger<SqliteFile>>());
            return new SqliteStore(file, provider.GetRequiredService<StoreSpace>());
        }));
        return builder;
    }
}
