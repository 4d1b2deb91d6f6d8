using System.Diagnostics.CodeAnalysis;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Answering;

/// <summary>
/// For whom a flag is evaluated where the caller does not say: what the application's <see cref="ITargetingContextAccessor"/> answers, else the context of
/// the current action, else the fallback. Asked by evaluations of the application alone. It never throws.
/// </summary>
internal sealed class AmbientContext(ITargetingContextAccessor? accessor, IFallbackContext? fallback, AmbientAction action, EvaluationWarnings warnings)
{
    /// <summary>Answers at once where the accessor does; otherwise the caller awaits <paramref name="pending"/>.</summary>
    /// <param name="subject">The answer.</param>
    /// <param name="pending">The answer that is not there yet.</param>
    /// <param name="warn">Whether a warning says so where there is no context.</param>
    public bool TryGet(out Subject subject, [NotNullWhen(false)] out Task<Subject>? pending, bool warn = true)
    {
        pending = null;
        if (accessor is null)
            return TryGetOther(warn, out subject, out pending);
        try
        {
            ValueTask<TargetingContext> answer = accessor.GetContextAsync();
            if (!answer.IsCompletedSuccessfully)
            {
                subject = default;
                pending = AwaitAsync(answer.AsTask(), warn);
                return false;
            }
            if (answer.Result is { } context)
            {
                subject = Known(context);
                return true;
            }
        }
#pragma warning disable CA1031 // Whatever an accessor does, evaluation goes on without it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            warnings.FailingContext(exception);
            warn = false;
        }
        return TryGetOther(warn, out subject, out pending);
    }

    /// <summary>Answers at any rate, blocking the thread where the accessor does not answer at once.</summary>
    public Subject Get() => TryGet(out Subject subject, out Task<Subject>? pending) ? subject : pending.GetAwaiter().GetResult();

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
        return TryGetOther(warn, out Subject subject, out Task<Subject>? pending) ? subject : await pending.ConfigureAwait(false);
    }

    // Without the accessor.
    private bool TryGetOther(bool warn, out Subject subject, [NotNullWhen(false)] out Task<Subject>? pending)
    {
        pending = null;
        if (action.Current?.Context is { } context)
        {
            subject = new Subject(context);
            return true;
        }
        ValueTask<FeatureFlagContext?> answer = fallback?.GetContextAsync() ?? default;
        if (!answer.IsCompletedSuccessfully)
        {
            subject = default;
            pending = AwaitAsync(answer.AsTask(), warn);
            return false;
        }
        subject = KnownOrNobody(answer.Result, warn);
        return true;
    }

    private async Task<Subject> AwaitAsync(Task<FeatureFlagContext?> answer, bool warn) => KnownOrNobody(await answer.ConfigureAwait(false), warn);

    private Subject KnownOrNobody(FeatureFlagContext? context, bool warn)
    {
        if (context is not null)
            return Known(context);
        if (warn)
            warnings.MissingContext();
        return Subject.Nobody;
    }

    private Subject Known(TargetingContext context)
    {
        if (action.IsUndecided)
            Tell(context);
        return Subject.From(context);
    }

    private void Tell(TargetingContext context)
    {
        try
        {
            action.Current?.Know(context);
        }
#pragma warning disable CA1031 // A listener to activities that fails is no fault of the evaluation.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
