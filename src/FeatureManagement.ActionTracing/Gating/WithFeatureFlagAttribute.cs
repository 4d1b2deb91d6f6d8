namespace FeatureManagement.ActionTracing;

/// <summary>
/// On a method of an interface that is registered by <c>AddFeatureFlagged</c>: where the flag is off for the current
/// context, the method is not called and its fallback is returned.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WithFeatureFlagAttribute : Attribute
{
    /// <summary>Gates a method by a flag.</summary>
    /// <param name="flag">
    /// The name of a flag of <c>ActionTracing</c>, without regard to case. An unknown name is off.
    /// </param>
    public WithFeatureFlagAttribute(string flag) => Flag = flag;

    /// <summary>The flag's name.</summary>
    public string Flag { get; }

    /// <summary>
    /// The result where the flag is off: what a task yields, for a method that returns one; an array of what an
    /// asynchronous sequence yields. Numbers are converted. Without it, and without <see cref="FallbackMethod"/>, the
    /// result is the default of its type, and a sequence is empty.
    /// </summary>
    public object? Fallback { get; set; }

    /// <summary>
    /// The name of a method of the implementation, with the same parameters and result, that is called where the flag
    /// is off; or null.
    /// </summary>
    public string? FallbackMethod { get; set; }
}
