using System.Diagnostics.CodeAnalysis;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>For whom a flag is evaluated where the caller does not say: what the <see cref="ITargetingContextAccessor"/> answers. It never throws.</summary>
internal sealed class AmbientContext(ITargetingContextAccessor? accessor, EvaluationWarnings warnings)
{
    /// <summary>Answers at once where the accessor does; otherwise the caller awaits <paramref name="pending"/> by <see cref="AwaitAsync"/>.</summary>
    public bool TryGet(out Subject subject, [NotNullWhen(false)] out Task<TargetingContext>? pending)
    {
        pending = null;
        try
        {
            if (accessor is not null)
            {
                ValueTask<TargetingContext> answer = accessor.GetContextAsync();
                if (!answer.IsCompletedSuccessfully)
                {
                    subject = default;
                    pending = answer.AsTask();
                    return false;
                }
                subject = Known(answer.Result);
                return true;
            }
        }
#pragma warning disable CA1031 // Whatever an accessor does, evaluation goes on without a context.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            warnings.FailingContext(exception);
            subject = Subject.Nobody;
            return true;
        }
        subject = Known(null);
        return true;
    }

    public async Task<Subject> AwaitAsync(Task<TargetingContext> pending)
    {
        try
        {
            return Known(await pending.ConfigureAwait(false));
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            warnings.FailingContext(exception);
            return Subject.Nobody;
        }
    }

    /// <summary>Answers at any rate, blocking the thread where the accessor does not answer at once.</summary>
    public Subject Get() => TryGet(out Subject subject, out Task<TargetingContext>? pending)
        ? subject
        : AwaitAsync(pending).GetAwaiter().GetResult();

    private Subject Known(TargetingContext? context)
    {
        if (context is null)
            warnings.MissingContext();
        return Subject.From(context);
    }
}
