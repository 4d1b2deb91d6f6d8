namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>A test in a real browser. Without one it is skipped, except where everything must be installed (<c>CI=true</c>).</summary>
internal sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = Needs.Missing(Needs.Chromium);
}

/// <summary>The same for a theory.</summary>
internal sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Needs.Missing(Needs.Chromium);
}

/// <summary>A test of accessibility: a browser with axe-core.</summary>
internal sealed class AccessibilityTheoryAttribute : TheoryAttribute
{
    public AccessibilityTheoryAttribute() => Skip = Needs.Missing(Needs.Chromium) ?? Needs.Missing(Needs.AxeCore);
}
