namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>What some tests need beyond the SDK.</summary>
internal sealed record Needs(string Path, string Install)
{
    public static readonly Needs Chromium = new("/usr/bin/chromium", "Chromium is not installed: apt-get install chromium fonts-dejavu-core.");

    public static readonly Needs Nginx = new("/usr/sbin/nginx", "nginx is not installed: apt-get install nginx.");

    public static readonly Needs AxeCore = new(
        Environment.GetEnvironmentVariable("AXE_CORE") ?? "",
        "axe-core is not there: npm install axe-core in some folder, and set AXE_CORE to its axe.min.js.");

    /// <summary>Why a test is skipped; null to run it.</summary>
    public static string? Missing(Needs thing) => File.Exists(thing.Path) || Environment.GetEnvironmentVariable("CI") == "true" ? null : thing.Install;
}
