using FeatureManagement.ActionTracing.Safety;
using FeatureManagement.ActionTracing.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Finds the library's gates that answered a request in the place of what is behind them.</summary>
internal static class Gates
{
    public static void CutShort(HttpContext context, TracedAction action, int status)
    {
        if (action.Exposures is not { } exposures)
            return;
        // [FeatureGate] is on the endpoint, so that it can be asked; whatever a handler of disabled features answered, the action did not run.
        string[] off = [.. exposures.OffAt(GateKind.Attribute)];
        if (off.Length > 0 && context.GetEndpoint() is { } endpoint)
            foreach (FeatureGateAttribute gate in endpoint.Metadata.GetOrderedMetadata<FeatureGateAttribute>())
                if (IsClosed(gate, off))
                    foreach (string flag in gate.Features)
                        exposures.CutShort(flag);
        // WithFeatureGate leaves no trace on the endpoint; it answers 404, and hardly anything else asks the interface that it asks.
        if (status == StatusCodes.Status404NotFound)
            foreach (string flag in exposures.OffAt(GateKind.Endpoint))
                exposures.CutShort(flag);
    }

    private static bool IsClosed(FeatureGateAttribute gate, string[] off) => !gate.Negate && (gate.RequirementType == RequirementType.All
        ? gate.Features.Any(flag => off.Contains(flag, StringComparer.OrdinalIgnoreCase))
        : gate.Features.All(flag => off.Contains(flag, StringComparer.OrdinalIgnoreCase)));
}
