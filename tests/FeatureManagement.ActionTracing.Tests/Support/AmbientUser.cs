using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A context accessor that a test sets.</summary>
internal sealed class AmbientUser : ITargetingContextAccessor
{
    public Func<ValueTask<TargetingContext?>> Get { get; set; } = () => default;

    public TargetingContext? Context
    {
        set => Get = () => new(value);
    }

    public ValueTask<TargetingContext> GetContextAsync() => Get()!;
}
