namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>Tests of long stories in a browser of their own, beside those of <see cref="OneBrowser"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SecondBrowser : ICollectionFixture<Browser>
{
    public const string Name = "Second browser";
}
