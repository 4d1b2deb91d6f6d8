namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Tests that share the browser, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OneBrowser : ICollectionFixture<Browser>
{
    public const string Name = "Browser";
}
