using FeatureManagement.ActionTracing.Configuration.Files;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace FeatureManagement.ActionTracing;

/// <summary>Makes the JSON files of a host survive bad edits.</summary>
public static class ConfigurationBuilderExtensions
{
    /// <summary>
    /// Puts, in the place of each JSON file that was added so far, the same file with a better memory: when it cannot
    /// be parsed, is empty, half-written or deleted while the process runs, it goes on saying what it last said. That
    /// holds for everything in it, <c>feature_management</c> included. The swap of a Kubernetes ConfigMap is noticed at
    /// once. What is wrong is in <see cref="IActionTracingConfigurationStatus"/> until it has recovered.
    /// </summary>
    /// <param name="builder">
    /// The builder of a host (<c>builder.Configuration</c>), or any other. Order, paths and options of its files stay
    /// as they are.
    /// </param>
    /// <returns>The same builder.</returns>
    /// <remarks>
    /// Call it after the last <c>AddJsonFile</c>; calling it twice is harmless. A file that is bad when the process
    /// starts still stops it, and one without <c>reloadOnChange</c> is still read only once.
    /// </remarks>
    public static IConfigurationBuilder KeepLastGoodJson(this IConfigurationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        for (int i = 0; i < builder.Sources.Count; i++)
            // Types derived from it may read in their own way.
            if (builder.Sources[i] is JsonConfigurationSource source && source.GetType() == typeof(JsonConfigurationSource))
                builder.Sources[i] = new KeptJsonSource(source);
        return builder;
    }
}
