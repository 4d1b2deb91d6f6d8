using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.Extensions.Configuration;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// A filter for calls with a context of any type: one filter for each type would be ambiguous for a context of two
/// types.
/// </summary>
internal abstract class ContextualRuleFilter(EvaluationWarnings warnings, Func<IConfiguration, FilterRule> bind)
    : IContextualFeatureFilter<object>, IFilterParametersBinder
{
    public object BindParameters(IConfiguration parameters) => bind(parameters);

    public Task<bool> EvaluateAsync(FeatureFilterEvaluationContext featureFilterContext, object appContext)
    {
        Subject subject = Subject.From(appContext);
        if (subject.Key is null)
            warnings.UnknownContext(appContext.GetType());
        return Answers.Of(((FilterRule)featureFilterContext.Settings).IsOn(featureFilterContext.FeatureName, subject));
    }
}
