using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.Extensions.Configuration;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// A filter for calls without a context. Microsoft.FeatureManagement requires this and
/// <see cref="ContextualRuleFilter"/> as two classes with one alias.
/// </summary>
internal abstract class AmbientRuleFilter(AmbientContext ambient, Func<IConfiguration, FilterRule> bind)
    : IFeatureFilter, IFilterParametersBinder
{
    public object BindParameters(IConfiguration parameters) => bind(parameters);

    public Task<bool> EvaluateAsync(FeatureFilterEvaluationContext context)
    {
        var rule = (FilterRule)context.Settings;
        if (ambient.TryGet(out Subject subject, out Task<Subject>? subjectTask))
            return Answers.Of(rule.IsOn(context.FeatureName, subject));
        return AwaitAsync(rule, context.FeatureName, subjectTask);
    }

    private static async Task<bool> AwaitAsync(FilterRule rule, string feature, Task<Subject> subjectTask) =>
        rule.IsOn(feature, await subjectTask.ConfigureAwait(false));
}
