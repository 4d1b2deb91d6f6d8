using FeatureManagement.ActionTracing.Tracing;
using Microsoft.AspNetCore.Http;
using Microsoft.FeatureManagement.Mvc;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>Finds the gates of Microsoft.FeatureManagement that answered a request.</summary>
internal static class Gates
{
    public static void Note(HttpContext context, TracedAction action, int status)
    {
        if (action.Exposures is not { } exposures)
            return;
        // [FeatureGate] is on the endpoint, so that it can be asked.
        if (context.GetEndpoint() is { } endpoint)
            foreach (FeatureGateAttribute gate in endpoint.Metadata.GetOrderedMetadata<FeatureGateAttribute>())
                foreach (string flag in gate.Features)
                    exposures.NoteGate(flag);
        // WithFeatureGate leaves no trace on the endpoint; it answers 404, and hardly anything else asks the interface that it asks.
        if (status == StatusCodes.Status404NotFound)
            foreach (string flag in exposures.Off())
                exposures.NoteGate(flag);
    }
}
