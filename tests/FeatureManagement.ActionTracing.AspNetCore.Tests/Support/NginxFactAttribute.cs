using FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Support;

/// <summary>A test behind a real nginx. Without one it is skipped, except where everything must be installed (<c>CI=true</c>).</summary>
internal sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Needs.Missing(Needs.Nginx);
}

/// <summary>The same for a theory.</summary>
internal sealed class NginxTheoryAttribute : TheoryAttribute
{
    public NginxTheoryAttribute() => Skip = Needs.Missing(Needs.Nginx);
}

/// <summary>A test in a real browser behind a real nginx.</summary>
internal sealed class ProxiedBrowserFactAttribute : FactAttribute
{
    public ProxiedBrowserFactAttribute() => Skip = Needs.Missing(Needs.Chromium) ?? Needs.Missing(Needs.Nginx);
}
