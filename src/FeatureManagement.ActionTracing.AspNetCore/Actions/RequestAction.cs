using FeatureManagement.ActionTracing.Tracing;
using Microsoft.AspNetCore.Http;

namespace FeatureManagement.ActionTracing.AspNetCore.Actions;

/// <summary>On a request: it is an action already. An exception handler may send it through the pipeline once more.</summary>
internal sealed class RequestAction(HttpContext context, TracedAction action)
{
    public TracedAction Action => action;

    /// <summary>A stream of events is known for one when its answer begins, and may go on for hours: it means nothing from then on.</summary>
    public static Task AnswerBegins(object request)
    {
        ((RequestAction)request).IgnoreStream();
        return Task.CompletedTask;
    }

    /// <summary>Whether it is, or was.</summary>
    public bool IgnoreStream()
    {
        if (!IsEventStream(context.Response.ContentType))
            return false;
        action.Ignore();
        return true;
    }

    public static bool IsEventStream(string? type) => type is not null && type.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
