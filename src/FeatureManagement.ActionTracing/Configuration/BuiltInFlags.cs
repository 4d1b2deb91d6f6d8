using System.Collections.Frozen;
using System.Text;
using FeatureManagement.ActionTracing.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Configuration;

/// <summary>The flags that control action tracing, where configuration does not define them.</summary>
internal static class BuiltInFlags
{
    private const string Json = """
        {
          "actionTracing": {
            "featureFlags": {
              "action_tracing_enabled": {
                "type": "boolean",
                "state": "disabled",
                "description": "Main toggle for action tracing system",
                "environments": {
                  "development": { "state": "enabled" },
                  "staging": { "state": "disabled" },
                  "production": { "state": "disabled" }
                }
              },
              "trace_output_enabled": {
                "type": "percentage",
                "state": "disabled",
                "percentage": 0,
                "parent": "action_tracing_enabled",
                "description": "Enable trace file output",
                "rolloutConfig": {
                  "type": "linear",
                  "duration": 3600000,
                  "safetyThresholds": { "maxErrorRate": 0.05, "maxLatency": 50 }
                }
              },
              "performance_monitoring": {
                "type": "percentage",
                "state": "disabled",
                "percentage": 0,
                "parent": "action_tracing_enabled",
                "description": "Performance monitoring system"
              },
              "trace_verbosity_test": {
                "type": "multivariate",
                "state": "disabled",
                "parent": "action_tracing_enabled",
                "variants": {
                  "minimal": { "weight": 0.4, "config": { "verbosity": "minimal" } },
                  "standard": { "weight": 0.4, "config": { "verbosity": "standard" } },
                  "detailed": { "weight": 0.2, "config": { "verbosity": "detailed" } }
                },
                "description": "A/B test for optimal trace verbosity"
              },
              "verbose_tracing": {
                "type": "multivariate",
                "state": "disabled",
                "parent": "action_tracing_enabled",
                "variants": {
                  "minimal": { "weight": 0.6 },
                  "standard": { "weight": 0.3 },
                  "detailed": { "weight": 0.1 }
                },
                "description": "A/B test different verbosity levels"
              },
              "emergency_shutdown": {
                "type": "boolean",
                "state": "disabled",
                "description": "Emergency: while it is on, every flag without a priority is off, the application's own too",
                "priority": 1
              }
            }
          }
        }
        """;

    /// <summary>The flags of an environment, by name, case-insensitive.</summary>
    public static FrozenDictionary<string, FlagDefinition> In(string environment)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(Json));
        SectionReading reading = SectionReader.Read(
            SettingReader.Read(new ConfigurationBuilder().AddJsonStream(stream).Build()), environment);
        return reading.Flags.Values.Select(flag => flag.Definition!)
            .ToFrozenDictionary(flag => flag.Name, StringComparer.OrdinalIgnoreCase);
    }
}
