using System.Reflection;

namespace FeatureManagement.ActionTracing.Gating;

/// <summary>The flag and the fallback of one method. Immutable.</summary>
/// <param name="Flag">The flag.</param>
/// <param name="Fallback">The result where it is off, converted to its type.</param>
/// <param name="FallbackMethod">What is called where it is off, or null.</param>
internal sealed record GatedMethod(string Flag, object? Fallback, MethodInfo? FallbackMethod)
{
    /// <summary>The fallback method for a call, with the call's type arguments.</summary>
    public MethodInfo FallbackFor(MethodInfo called)
    {
        if (called.IsGenericMethod)
            return FallbackMethod!.MakeGenericMethod(called.GetGenericArguments());
        return FallbackMethod!;
    }
}
