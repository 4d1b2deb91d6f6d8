namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A test that takes minutes, as a simulation does. It runs where <c>CI=true</c> or <c>SLOW=1</c> is set.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongFactAttribute : FactAttribute
{
    public LongFactAttribute() => Skip = LongTheoryAttribute.Missing;
}

/// <inheritdoc cref="LongFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongTheoryAttribute : TheoryAttribute
{
    public LongTheoryAttribute() => Skip = Missing;

    internal static string? Missing =>
        Environment.GetEnvironmentVariable("CI") == "true" || Environment.GetEnvironmentVariable("SLOW") == "1"
            ? null
            : "It takes minutes: set SLOW=1 to run it.";
}
