using FeatureManagement.ActionTracing.Evaluation;
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

    public static TheoryData<string, object?, string> Contexts => new()
    {
        { "none", null, "default anonymous : default null" },
        { "of another type", new object(), " anonymous :" },
        { "empty", new FeatureFlagContext(), "default anonymous : default null" },
        { "with a user", new FeatureFlagContext { UserId = "u", SessionId = "s" }, "u u: u u" },
        { "with a session", new FeatureFlagContext { SessionId = "s" }, "s s: s s" },
        { "with a request", new FeatureFlagContext { RequestId = "r" }, "r anonymous: r null" },
        { "with groups alone", new FeatureFlagContext { Groups = ["g"] }, "default anonymous g: default null g" },
        { "of Microsoft.FeatureManagement, with a user", new TargetingContext { UserId = "u", Groups = ["g"] }, "u u g: u u g" },
        { "of Microsoft.FeatureManagement, without a user", new TargetingContext { UserId = "", Groups = ["g"] }, "default anonymous g: default null g" },
        { "of Microsoft.FeatureManagement, empty", new TargetingContext(), "default anonymous : default null" },
    };

    /// <summary>A subject: its key, identity and groups, and the same of the context that is made of it for Microsoft.FeatureManagement.</summary>
    [Theory]
    [MemberData(nameof(Contexts))]
    public void Subject_OfAContext_HasItsKeyIdentityAndGroups(string name, object? context, string expected)
    {
        var subject = Subject.From(context);
        string text = $"{subject.Key} {subject.Identity} {string.Join(',', subject.Groups ?? [])}".TrimEnd();
        Assert.Equal(expected.StartsWith("default anonymous :", StringComparison.Ordinal), subject.IsWithoutContext);
        if (subject.Key is not null)
        {
            FeatureFlagContext made = subject.ToContext();
            string groups = string.Join(',', made.Groups ?? []);
            Assert.Equal((name, Short(expected)), (name, Short($"{text}: {made.BucketingKey} {made.UserId ?? "null"} {groups}")));
        }
        else
        {
            Assert.Equal((name, Short(expected)), (name, Short($"{text}:")));
        }

        static string Short(string text) => text.Replace(" :", ":", StringComparison.Ordinal).Trim();
    }

    [Fact]
    public void Reasons_Each_AreOnOrOffAndByTheBucketOrNot()
    {
        EvaluationReason[] all = Enum.GetValues<EvaluationReason>();
        Assert.Equal(
            [
                EvaluationReason.Development, EvaluationReason.Enabled, EvaluationReason.Whitelisted, EvaluationReason.GroupListed,
                EvaluationReason.InPercentage,
            ],
            all.Where(reason => reason.IsOn()));
        Assert.Equal([EvaluationReason.OutsidePercentage, EvaluationReason.InPercentage], all.Where(reason => reason.IsByBucket()));
    }
}
