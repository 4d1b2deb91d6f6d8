using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Filters;

/// <summary>Our filters in ordinary flags of Microsoft.FeatureManagement.</summary>
public class FilterTests
{
    [Theory]
    [InlineData("alice", "checkout_v2", 2.62, false)] // the bucket of docs/buckets.md: 2.623733 %
    [InlineData("alice", "checkout_v2", 2.63, true)]
    [InlineData("alice", "CHECKOUT_V2", 2.63, true)]
    [InlineData("alice", "checkout_v2", 100, true)]
    [InlineData("alice", "checkout_v2", 0, false)]
    public async Task Percentage_OrdinaryFlag_HasTheBucketsOfOurs(string user, string feature, double percentage, bool on)
    {
        using FlagServices services = Ordinary(feature, "ActionTracingPercentage", ("percentage", percentage.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(on, await services.Get<IFeatureManager>().IsEnabledAsync(feature, new TargetingContext { UserId = user }));
        Assert.Equal(on, await services.Get<IFeatureManager>().IsEnabledAsync(feature, new FeatureFlagContext { SessionId = user }));
    }

    [Theory]
    [InlineData("140")]
    [InlineData("many")]
    [InlineData("1,5")] // no thousands: it would be 15
    [InlineData(null)]
    public async Task Percentage_Unreadable_IsOffAndDoesNotThrow(string? percentage)
    {
        using FlagServices services = Ordinary("feature", "ActionTracingPercentage", ("percentage", percentage));
        Assert.False(await services.Get<IFeatureManager>().IsEnabledAsync("feature", new TargetingContext { UserId = "u" }));
    }

    [Fact]
    public async Task Whitelist_OrdinaryFlag_IsOnForUsersAndGroups()
    {
        using FlagServices services = Ordinary("feature", "ActionTracingWhitelist", ("whitelist:0", "alice"), ("groups:staff", "true"), ("groups:guests", "false"));
        var manager = services.Get<IFeatureManager>();
        Assert.True(await manager.IsEnabledAsync("feature", new TargetingContext { UserId = "alice" }));
        Assert.True(await manager.IsEnabledAsync("feature", new TargetingContext { UserId = "bob", Groups = ["staff"] }));
        Assert.False(await manager.IsEnabledAsync("feature", new TargetingContext { UserId = "bob", Groups = ["guests"] }));
        Assert.False(await manager.IsEnabledAsync("feature"));
    }

    [Fact]
    public async Task EmergencyOff_OrdinaryFlag_FollowsTheEmergencyOfOurs()
    {
        using FlagServices services = Ordinary("feature", "ActionTracingEmergencyOff", ("flag", "ours"));
        var manager = services.Get<IFeatureManager>();
        Assert.True(await manager.IsEnabledAsync("feature"));
        services.Flags.Set(Flag.Killed("ours"));
        Assert.False(await manager.IsEnabledAsync("feature"));
        Assert.False(await manager.IsEnabledAsync("feature", new TargetingContext { UserId = "u" }));
    }

    [Theory]
    [InlineData("ActionTracingEmergencyOff", "flag")]
    [InlineData("ActionTracingHierarchy", "parent")]
    public async Task Filter_NamingAFlagThatIsNotThere_IsOffAndSaysSo(string filter, string parameter)
    {
        using FlagServices services = Ordinary("feature", filter, (parameter, "curs"));
        Assert.False(await services.Get<IFeatureManager>().IsEnabledAsync("feature"));
        Assert.Equal(["Unknown feature flag 'curs': it is off. Did you mean 'ours'?"], services.Warnings(101));
    }

    [Fact]
    public async Task EmergencyOff_WithoutAFlag_FollowsTheEmergencyFlags()
    {
        using FlagServices services = Ordinary("feature", "ActionTracingEmergencyOff");
        var manager = services.Get<IFeatureManager>();
        services.Flags.Set(Flag.Killed("ours"));
        Assert.True(await manager.IsEnabledAsync("feature"));
        services.Flags.Set(Flag.On("stop") with { Priority = 7 });
        Assert.False(await manager.IsEnabledAsync("feature"));
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task DevelopmentState_OrdinaryFlag_GoesByTheHost(string environment, bool on)
    {
        using FlagServices services = Ordinary("feature", "ActionTracingDevelopmentState", environment);
        Assert.Equal(on, await services.Get<IFeatureManager>().IsEnabledAsync("feature"));
    }

    [Fact]
    public async Task Hierarchy_OrdinaryFlag_FollowsItsParent()
    {
        using FlagServices services = Ordinary("feature", "ActionTracingHierarchy", ("parent", "ours"));
        var manager = services.Get<IFeatureManager>();
        Assert.True(await manager.IsEnabledAsync("feature"));
        services.Flags.Set(Flag.List("ours", "alice"));
        Assert.True(await manager.IsEnabledAsync("feature", new TargetingContext { UserId = "alice" }));
        Assert.False(await manager.IsEnabledAsync("feature", new TargetingContext { UserId = "bob" }));
    }

    [Fact]
    public async Task Percentage_OfMicrosoftItself_IsNotConfusedWithOurs()
    {
        using FlagServices services = Ordinary("feature", "Percentage", ("Value", "100"));
        Assert.True(await services.Get<IFeatureManager>().IsEnabledAsync("feature"));
    }

    private static FlagServices Ordinary(string feature, string filter, params (string Name, string? Value)[] parameters) => Ordinary(feature, filter, "Production", parameters);

    private static FlagServices Ordinary(string feature, string filter, string environment, params (string Name, string? Value)[] parameters)
    {
        const string Root = "feature_management:feature_flags:0:";
        var configuration = new Dictionary<string, string?>
        {
            [Root + "id"] = feature,
            [Root + "enabled"] = "true",
            [Root + "conditions:client_filters:0:name"] = filter,
        };
        foreach ((string name, string? value) in parameters)
            configuration[$"{Root}conditions:client_filters:0:parameters:{name}"] = value;
        return new FlagServices([Flag.On("ours")], environment, configuration: configuration);
    }
}
