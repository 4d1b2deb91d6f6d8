namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Packages;

/// <summary>Tests that share one pack, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OnePack : ICollectionFixture<PackedRepository>
{
    public const string Name = "Packages";
}
