using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Answering;

/// <summary>
/// The context of an evaluation whose caller passes none: from the application's
/// <see cref="ITargetingContextAccessor"/>, else from the current action, else from the fallback. Only evaluations of
/// the application use it. It never throws.
/// </summary>
internal sealed class AmbientContext(
    ITargetingContextAccessor? accessor, IFallbackContext? fallback, AmbientAction action, EvaluationWarnings warnings)
{
    /// <summary>
    /// Returns true where the context is known synchronously; otherwise the caller awaits <paramref name="subjectTask"/>.
    /// </summary>
    /// <param name="subject">The context.</param>
    /// <param name="subjectTask">The context that is not known yet.</param>
    /// <param name="warn">Whether to log a warning if there is no context.</param>
    public bool TryGet(out Subject subject, [NotNullWhen(false)] out Task<Subject>? subjectTask, bool warn = true)
    {
        subjectTask = null;
        if (accessor is null)
            return TryGetOther(warn, out subject, out subjectTask);
        try
        {
            ValueTask<TargetingContext> answer = accessor.GetContextAsync();
            if (!answer.IsCompletedSuccessfully)
            {
                subject = default;
                subjectTask = AwaitAsync(answer.AsTask(), warn);
                return false;
            }
            if (answer.Result is { } context)
            {
                subject = Known(context);
                return true;
            }
        }
#pragma warning disable CA1031 // An accessor that fails does not fail an evaluation. SafeCall would allocate.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            warnings.FailingContext(exception);
            warn = false;
        }
        return TryGetOther(warn, out subject, out subjectTask);
    }

    /// <summary>Returns the context of the caller; where it is null, the ambient one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Subject Get(FeatureFlagContext? context)
    {
        if (context is not null)
            return new Subject(context);
        return Get();
    }

    /// <summary>Returns the context, and blocks the thread where the accessor is asynchronous.</summary>
    public Subject Get()
    {
        if (TryGet(out Subject subject, out Task<Subject>? subjectTask))
            return subject;
        return subjectTask.GetAwaiter().GetResult();
    }

    private async Task<Subject> AwaitAsync(Task<TargetingContext> answer, bool warn)
    {
        try
        {
            if (await answer.ConfigureAwait(false) is { } context)
                return Known(context);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            warnings.FailingContext(exception);
            warn = false;
        }
        if (TryGetOther(warn, out Subject subject, out Task<Subject>? subjectTask))
            return subject;
        return await subjectTask.ConfigureAwait(false);
    }

    // Without the accessor.
    private bool TryGetOther(bool warn, out Subject subject, [NotNullWhen(false)] out Task<Subject>? subjectTask)
    {
        subjectTask = null;
        if (action.Current?.Context is { } context)
        {
            subject = new Subject(context);
            return true;
        }
        ValueTask<FeatureFlagContext?> answer = fallback?.GetContextAsync() ?? default;
        if (!answer.IsCompletedSuccessfully)
        {
            subject = default;
            subjectTask = AwaitAsync(answer.AsTask(), warn);
            return false;
        }
        subject = KnownOrNone(answer.Result, warn);
        return true;
    }

    private async Task<Subject> AwaitAsync(Task<FeatureFlagContext?> answer, bool warn) =>
        KnownOrNone(await answer.ConfigureAwait(false), warn);

    private Subject KnownOrNone(FeatureFlagContext? context, bool warn)
    {
        if (context is not null)
            return Known(context);
        if (warn)
            warnings.MissingContext();
        return Subject.WithoutContext;
    }

    private Subject Known(TargetingContext context)
    {
        if (action.IsUndecided)
            Notify(context);
        return Subject.From(context);
    }

    // An activity listener that fails does not fail an evaluation.
    private void Notify(TargetingContext context) => SafeCall.Run(() => action.Current?.Know(context), static _ => { });
}
