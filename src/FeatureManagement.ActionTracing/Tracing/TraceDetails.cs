using System.Diagnostics;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>Adds the failure and the context of an action to its activity.</summary>
internal static class TraceDetails
{
    public static void AddFailure(
        Activity activity, Exception? exception, string errorType, DateTimeOffset at, TraceVerbosity verbosity)
    {
        activity.SetStatus(ActivityStatusCode.Error);
        activity.SetTag("error.type", errorType);
        if (exception is null || verbosity < TraceVerbosity.Standard)
            return;
        activity.AddEvent(new ActivityEvent("exception", at, new ActivityTagsCollection
        {
            ["exception.type"] = exception.GetType().FullName,
            ["exception.message"] = exception.Message,
            ["exception.stacktrace"] = verbosity >= TraceVerbosity.Detailed ? exception.ToString() : null,
        }));
    }

    public static void AddContext(Activity activity, TargetingContext context, bool identities)
    {
        var ours = context as FeatureFlagContext;
        if (ours?.Environment is { } environment)
            activity.SetTag("deployment.environment.name", environment);
        if (!identities)
            return;
        activity.SetTag("user.id", ours is null ? context.UserId : ours.UserId);
        if (ours is null)
            return;
        activity.SetTag("session.id", ours.SessionId);
        foreach ((string name, string value) in ours.Attributes)
            activity.SetTag("context." + name, value);
    }
}
