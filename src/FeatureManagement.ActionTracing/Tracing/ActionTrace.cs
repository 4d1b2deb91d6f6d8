using System.Collections.Concurrent;
using System.Diagnostics;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tracing;

/// <summary>
/// The trace of an action: its activity, its line in the trace files and its metrics, as the flags turn them on. Where
/// the flags depend on the context, the trace is decided when the context is known, at the latest at the end. Events
/// before that are kept until then. Thread-safe.
/// </summary>
internal sealed class ActionTrace : IActionTrace
{
    private const int MaxEvaluations = 128;

    private const int Undecided = 0;
    private const int Deciding = 1;
    private const int Decided = 2;

    private readonly ActionServices _services;
    private readonly string _begun;
    private readonly DateTimeOffset _start;
    private readonly ActivityContext _parent;
    private readonly bool _late; // whether the activity begins only when the context is known
    private bool _detached; // whether the activity was never the current one
    private readonly bool _mayRecord;
    private readonly ConcurrentQueue<Action>? _kept;
    private volatile int _state;
    private volatile int _decider; // the thread that decides
    private volatile Activity? _activity;
    private TracedParts _parts;
    private Subject _subject = Subject.WithoutContext;
    private volatile string _name;
    private volatile string? _errorType;
    private int _evaluations;

    /// <summary>A trace whose context is known, or not needed.</summary>
    public ActionTrace(ActionServices services, string name, TracedParts parts, TargetingContext? context)
    {
        _services = services;
        _name = _begun = name;
        // Without a listener there is no activity. Trace files need one nevertheless, for its ids and its parent.
        _activity = ActionTracingSource.Activities.StartActivity(name) ?? (parts.Output ? new Activity(name).Start() : null);
        _state = Decided;
        Begin(parts, context);
    }

    /// <summary>A trace that depends on the context of the action.</summary>
    /// <param name="services">The services of all actions.</param>
    /// <param name="name">The name of the action.</param>
    /// <param name="begun">Whether every context has an activity, so that it begins now.</param>
    public ActionTrace(ActionServices services, string name, bool begun)
    {
        _services = services;
        _name = _begun = name;
        _start = services.Time.GetUtcNow();
        _parent = Activity.Current?.Context ?? default;
        _kept = new ConcurrentQueue<Action>();
        _late = !begun;
        if (begun)
            _activity = ActionTracingSource.Activities.StartActivity(name);
        services.Ambient.BeginUndecided();
        if (_mayRecord = services.Switches.MayRecordEvaluations)
            services.Ambient.BeginRecording();
    }

    /// <summary>The activity; null where there is none, or none yet.</summary>
    public Activity? Activity => _activity;

    public bool IsUndecided => _state == Undecided;

    public bool RecordsEvaluations => _state == Decided ? Records(_parts) : _mayRecord && _decider != Environment.CurrentManagedThreadId;

    /// <summary>Decides what is traced, once.</summary>
    /// <param name="context">The context of the action; null for none.</param>
    public void Decide(TargetingContext? context)
    {
        if (_state != Undecided || Interlocked.CompareExchange(ref _state, Deciding, Undecided) != Undecided)
            return;
        try
        {
            _decider = Environment.CurrentManagedThreadId; // the flags of tracing are not evaluations of the action
            _subject = Subject.From(context);
            TracedParts parts;
            if (_late)
                parts = _services.Switches.PartsIfEnabled(_subject);
            else
                parts = _services.Switches.Parts(_subject);
            _decider = 0;
            if (!parts.Activity)
                return;
            _activity ??= BeginLate(parts);
            Begin(parts, context);
        }
        finally
        {
            _state = Decided; // also if a listener throws
            _services.Ambient.EndUndecided();
            if (_mayRecord)
                _services.Ambient.EndRecording();
            DoKept();
        }
    }

    public void Rename(string name)
    {
        _name = name;
        if (_activity is { } activity)
            activity.DisplayName = name;
    }

    public void SetTag(string name, object? value)
    {
        if (_state == Decided)
            Tag(name, value);
        else
            Keep(() => Tag(name, value));
    }

    public void Fail(Exception? exception, string? type)
    {
        string errorType = type ?? exception?.GetType().FullName ?? "_OTHER";
        _errorType = errorType;
        if (_state == Decided)
            TagFailure(exception, errorType, default);
        else
            KeepFailure(exception, errorType);
    }

    public void Evaluated(CompiledFlag flag, string? key, EvaluationReason reason, int variant)
    {
        if (!RecordsEvaluations || Interlocked.Increment(ref _evaluations) > MaxEvaluations)
            return;
        if (_state == Decided)
            AddEvaluation(flag, key, reason, variant, default);
        else
            KeepEvaluation(flag, key, reason, variant);
    }

    /// <summary>Ends the trace, which has been decided.</summary>
    public void End(TimeSpan duration, bool failed)
    {
        if (Records(_parts))
            _services.Ambient.EndRecording();
        TracedParts parts = _services.Switches.StillOn(_parts, _subject);
        Activity? current = Activity.Current;
        _activity?.Stop();
        if (_detached)
            Activity.Current = current;
        if (_parts.Metrics)
            _services.Metrics.End(_begun, _name, parts.Metrics, duration, failed ? _errorType : null);
        if (parts.Output && _activity is { } activity)
            _services.Output.Write(new TraceRecord(
                _name, activity.StartTimeUtc, duration, failed, activity.TraceId, activity.SpanId, activity.ParentSpanId,
                [.. activity.TagObjects], [.. activity.Events]));
    }

    private void Begin(TracedParts parts, TargetingContext? context)
    {
        _parts = parts;
        if (Records(parts))
            _services.Ambient.BeginRecording();
        if (parts.Metrics)
            _services.Metrics.Begin(_begun);
        if (context is not null && parts.Verbosity >= TraceVerbosity.Detailed)
            Describe(context);
    }

    // Activities of the application may have started: this one becomes the parent of none.
    private Activity? BeginLate(TracedParts parts)
    {
        Activity? current = Activity.Current;
        _detached = true;
        Activity.Current = null;
        Activity? activity = null;
        if (_late)
            activity = ActionTracingSource.Activities.StartActivity(_begun, ActivityKind.Internal, _parent, startTime: _start);
        if (activity is null && parts.Output)
        {
            activity = new Activity(_begun).SetStartTime(_start.UtcDateTime);
            if (_parent != default)
                activity.SetParentId(_parent.TraceId, _parent.SpanId, _parent.TraceFlags);
            activity.Start();
        }
        Activity.Current = current;
        if (activity is not null)
            activity.DisplayName = _name;
        return activity;
    }

    private bool Records(TracedParts parts) => parts.Verbosity >= TraceVerbosity.Standard && _activity is { IsAllDataRequested: true };

    private void Keep(Action what)
    {
        _kept!.Enqueue(what);
        if (_state == Decided)
            DoKept();
    }

    private void KeepFailure(Exception? exception, string errorType)
    {
        DateTimeOffset at = _services.Time.GetUtcNow();
        Keep(() => TagFailure(exception, errorType, at));
    }

    private void KeepEvaluation(CompiledFlag flag, string? key, EvaluationReason reason, int variant)
    {
        DateTimeOffset at = _services.Time.GetUtcNow();
        Keep(() => AddEvaluation(flag, key, reason, variant, at));
    }

    private void DoKept()
    {
        while (_kept!.TryDequeue(out Action? what))
            what();
    }

    private void Tag(string name, object? value)
    {
        if (_parts.Verbosity >= TraceVerbosity.Standard)
            _activity?.SetTag(name, value);
    }

    private void TagFailure(Exception? exception, string errorType, DateTimeOffset at)
    {
        if (_activity is { } activity)
            TraceDetails.AddFailure(activity, exception, errorType, at, _parts.Verbosity);
    }

    private void AddEvaluation(CompiledFlag flag, string? key, EvaluationReason reason, int variant, DateTimeOffset at)
    {
        if (!Records(_parts))
            return;
        ActivityTagsCollection tags = FlagTags.Of(flag, reason, variant, _parts.Verbosity);
        if (_services.Options.Value.IncludeIdentities)
            tags["feature_flag.context.id"] = key;
        _activity!.AddEvent(new ActivityEvent(FlagTags.Event, at, tags));
    }

    private void Describe(TargetingContext context)
    {
        if (_activity is { } activity)
            TraceDetails.AddContext(activity, context, _services.Options.Value.IncludeIdentities);
    }
}
