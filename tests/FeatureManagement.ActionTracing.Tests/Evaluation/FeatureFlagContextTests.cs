using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

public class FeatureFlagContextTests
{
    [Theory]
    [InlineData("u", "s", "r", "u")]
    [InlineData("", "s", "r", "s")]
    [InlineData(null, null, "r", "r")]
    [InlineData(null, "", "", "default")]
    public void BucketingKey_IsTheFirstOfUserSessionAndRequest(string? user, string? session, string? request, string key)
    {
        var context = new FeatureFlagContext { RequestId = request, SessionId = session, UserId = user };
        Assert.Equal(key, context.BucketingKey);
        Assert.Equal(key, ((TargetingContext)context).UserId);
        Assert.Equal(key, ((ITargetingContext)context).UserId);
        Assert.Equal(user, context.UserId);
    }

    [Theory]
    [InlineData("u", "s", true)]
    [InlineData(null, "u", true)]
    [InlineData(null, null, false)]
    [InlineData("s", "u", false)]
    public void IsEnabled_Whitelist_AsksForUserThenSession(string? user, string? session, bool on)
    {
        using var services = new FlagServices([Flag.List("list", "u")]);
        Assert.Equal(on, services.Manager.IsEnabled("list", new() { UserId = user, SessionId = session, RequestId = "u" }));
    }

    [Fact]
    public void IsEnabled_NobodyOnTheWhitelist_IsAnonymous()
    {
        using var services = new FlagServices([Flag.List("list", "anonymous")]);
        Assert.True(services.Manager.IsEnabled("list", new() { RequestId = "r" }));
        Assert.True(services.Manager.IsEnabled("list"));
        Assert.False(services.Manager.IsEnabled("list", new() { UserId = "u" }));
    }
}
