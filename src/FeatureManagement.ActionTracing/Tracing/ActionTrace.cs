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
    private readonly bool _isLate; // whether the activity begins only when the context is known
    private readonly bool _mayRecord;
    private readonly TraceActivity _activity;
    private readonly KeptEvents? _kept; // null for a trace that was decided at its start
    private volatile int _state;
    private volatile int _decider; // the thread that decides
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
        _activity = new TraceActivity(name);
        _activity.Begin(isWritten: parts.Output);
        _state = Decided;
        Begin(parts, context);
    }

    /// <summary>A trace that depends on the context of the action.</summary>
    /// <param name="services">The services of all actions.</param>
    /// <param name="name">The first name of the action.</param>
    /// <param name="begun">Whether every context has an activity, so that it begins now.</param>
    public ActionTrace(ActionServices services, string name, bool begun)
    {
        _services = services;
        _name = _begun = name;
        _activity = new TraceActivity(name);
        _kept = new KeptEvents(services.Time);
        _isLate = !begun;
        if (begun)
            _activity.Begin(isWritten: false);
        services.Ambient.BeginUndecided();
        if (_mayRecord = services.Switches.MayRecordEvaluations)
            services.Ambient.BeginRecording();
    }

    /// <summary>The activity; null where there is none, or none yet.</summary>
    public Activity? Activity => _activity.Value;

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
            if (_isLate)
                parts = _services.Switches.PartsIfEnabled(_subject);
            else
                parts = _services.Switches.Parts(_subject);
            _decider = 0;
            if (!parts.Activity)
                return;
            _activity.BeginLate(_kept!, _name, isObserved: _isLate, isWritten: parts.Output); // the trace was undecided
            Begin(parts, context);
        }
        finally
        {
            _state = Decided; // also if a listener throws
            _services.Ambient.EndUndecided();
            if (_mayRecord)
                _services.Ambient.EndRecording();
            _kept!.Replay(); // the trace was undecided
        }
    }

    public void Rename(string name)
    {
        _name = name;
        _activity.Rename(name);
    }

    public void SetTag(string name, object? value)
    {
        if (_state == Decided)
            Tag(name, value);
        else
            _kept!.Add(() => Tag(name, value)); // see the field
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
        _activity.Stop();
        if (_parts.Metrics)
            _services.Metrics.End(_begun, _name, parts.Metrics, duration, failed ? _errorType : null);
        if (parts.Output && _activity.Value is { } activity)
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
        if (context is not null && parts.Verbosity >= TraceVerbosity.Detailed && _activity.Value is { } activity)
            TraceDetails.AddContext(activity, context, _services.Options.Value.IncludeIdentities);
    }

    private bool Records(TracedParts parts) =>
        parts.Verbosity >= TraceVerbosity.Standard && _activity.Value is { IsAllDataRequested: true };

    // Apart from Fail, so that a decided trace allocates no closure.
    private void KeepFailure(Exception? exception, string errorType)
    {
        DateTimeOffset at = _services.Time.GetUtcNow();
        _kept!.Add(() => TagFailure(exception, errorType, at));
    }

    private void KeepEvaluation(CompiledFlag flag, string? key, EvaluationReason reason, int variant)
    {
        DateTimeOffset at = _services.Time.GetUtcNow();
        _kept!.Add(() => AddEvaluation(flag, key, reason, variant, at));
    }

    private void Tag(string name, object? value)
    {
        if (_parts.Verbosity >= TraceVerbosity.Standard)
            _activity.Value?.SetTag(name, value);
    }

    private void TagFailure(Exception? exception, string errorType, DateTimeOffset at)
    {
        if (_activity.Value is { } activity)
            TraceDetails.AddFailure(activity, exception, errorType, at, _parts.Verbosity);
    }

    private void AddEvaluation(CompiledFlag flag, string? key, EvaluationReason reason, int variant, DateTimeOffset at)
    {
        if (!Records(_parts))
            return;
        ActivityTagsCollection tags = FlagTags.Of(flag, reason, variant, _parts.Verbosity);
        if (_services.Options.Value.IncludeIdentities)
            tags["feature_flag.context.id"] = key;
        _activity.Value!.AddEvent(new ActivityEvent(FlagTags.Event, at, tags));
    }
}
