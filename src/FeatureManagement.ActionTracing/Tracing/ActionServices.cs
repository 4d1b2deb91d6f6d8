using FeatureManagement.ActionTracing.Actions;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>The services of all actions.</summary>
internal sealed record ActionServices(
    AmbientAction Ambient, TracingSwitches Switches, ActionMetrics Metrics, TraceOutput Output,
    IOptions<ActionTracingOptions> Options, TimeProvider Time);
