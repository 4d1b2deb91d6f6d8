using System.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>The traced side of an action: its activity, its line in the trace files and its measurements, as far as the flags want them. Thread-safe.</summary>
internal sealed class ActionTrace
{
    private const int MaxEvaluations = 128;

    private readonly ActionServices _services;
    private readonly TracedParts _parts;
    private readonly Subject _subject;
    private readonly string _begun;
    private volatile string _name;
    private volatile string? _errorType;
    private int _evaluations;

    public ActionTrace(ActionServices services, TracedParts parts, in Subject subject, string name, FeatureFlagContext? context)
    {
        _services = services;
        _parts = parts;
        _subject = subject;
        _name = _begun = name;
        // Without a listener there is no activity; the files want one all the same, for its ids and its place beneath others.
        Activity = ActionTracingSource.Activities.StartActivity(name) ?? (parts.Output ? new Activity(name).Start() : null);
        RecordsEvaluations = Activity is { IsAllDataRequested: true } && parts.Verbosity >= TraceVerbosity.Standard;
        if (RecordsEvaluations)
            services.Ambient.BeginRecording();
        if (parts.Metrics)
            services.Metrics.Begin(name);
        if (context is not null && parts.Verbosity >= TraceVerbosity.Detailed)
            Describe(context);
    }

    public Activity? Activity { get; }

    public bool RecordsEvaluations { get; }

    public void Rename(string name)
    {
        _name = name;
        if (Activity is not null)
            Activity.DisplayName = name;
    }

    public void SetTag(string name, object? value)
    {
        if (_parts.Verbosity >= TraceVerbosity.Standard)
            Activity?.SetTag(name, value);
    }

    public void Fail(Exception? exception, string? type)
    {
        _errorType = type ?? exception?.GetType().FullName ?? "_OTHER";
        if (Activity is null)
            return;
        Activity.SetStatus(ActivityStatusCode.Error);
        Activity.SetTag("error.type", _errorType);
        if (exception is not null && _parts.Verbosity >= TraceVerbosity.Standard)
            Activity.AddEvent(new ActivityEvent("exception", tags: new ActivityTagsCollection
            {
                ["exception.type"] = exception.GetType().FullName,
                ["exception.message"] = exception.Message,
                ["exception.stacktrace"] = _parts.Verbosity >= TraceVerbosity.Detailed ? exception.ToString() : null,
            }));
    }

    public void Evaluated(CompiledFlag flag, string? key, EvaluationReason reason, int variant)
    {
        if (!RecordsEvaluations || Interlocked.Increment(ref _evaluations) > MaxEvaluations)
            return;
        ActivityTagsCollection tags = FlagTags.Of(flag, reason, variant, _parts.Verbosity);
        if (_services.Options.Value.IncludeIdentities)
            tags["feature_flag.context.id"] = key;
        Activity!.AddEvent(new ActivityEvent(FlagTags.Event, tags: tags));
    }

    public void End(TimeSpan duration, bool failed)
    {
        if (RecordsEvaluations)
            _services.Ambient.EndRecording();
        TracedParts parts = _services.Switches.StillOn(_parts, _subject);
        Activity?.Stop();
        if (_parts.Metrics)
            _services.Metrics.End(_begun, _name, parts.Metrics, duration, failed ? _errorType : null);
        if (parts.Output && Activity is not null)
            _services.Output.Write(new TraceRecord(
                _name, Activity.StartTimeUtc, duration, failed, Activity.TraceId, Activity.SpanId, Activity.ParentSpanId,
                [.. Activity.TagObjects], [.. Activity.Events]));
    }

    private void Describe(FeatureFlagContext context)
    {
        if (Activity is null)
            return;
        if (context.Environment is { } environment)
            Activity.SetTag("deployment.environment.name", environment);
        if (!_services.Options.Value.IncludeIdentities)
            return;
        Activity.SetTag("user.id", context.UserId);
        Activity.SetTag("session.id", context.SessionId);
        foreach ((string name, string value) in context.Attributes)
            Activity.SetTag("context." + name, value);
    }
}
