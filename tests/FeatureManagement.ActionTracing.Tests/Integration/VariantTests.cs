using System.Globalization;
using CsCheck;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Integration;

/// <summary>Variants of ours beside Microsoft.FeatureManagement's own.</summary>
public class VariantTests
{
    [Fact]
    public async Task GetVariant_SameWeightsAndSeed_IsTheOneThatMicrosoftAssigns() =>
        await Gen.Select(Gen.Int[1, 97], Gen.Int[1, 97], Gen.String[0, 40].Array[1, 40], Gen.Bool).SampleAsync(async (first, second, users, ignoreCase) =>
        {
            (int a, int b) = (Math.Min(first, second), Math.Max(first, second) + 1);
            const string Root = "feature_management:feature_flags:0:";
            var ordinary = new Dictionary<string, string?>
            {
                [Root + "id"] = "theirs",
                [Root + "enabled"] = "true",
                [Root + "allocation:seed"] = "allocation\nours",
            };
            (string Name, int From, int To)[] ranges = [("a", 0, a), ("b", a, b), ("c", b, 100)];
            for (int i = 0; i < ranges.Length; i++)
            {
                ordinary[$"{Root}variants:{i}:name"] = ranges[i].Name;
                ordinary[$"{Root}allocation:percentile:{i}:variant"] = ranges[i].Name;
                ordinary[$"{Root}allocation:percentile:{i}:from"] = ranges[i].From.ToString(CultureInfo.InvariantCulture);
                ordinary[$"{Root}allocation:percentile:{i}:to"] = ranges[i].To.ToString(CultureInfo.InvariantCulture);
            }
            using var services = new FlagServices(
                [Flag.Variants("Ours", FlagState.Enabled, ("a", a), ("b", b - a), ("c", 100 - b))],
                before: collection => collection.Configure<TargetingEvaluationOptions>(options => options.IgnoreCase = ignoreCase),
                configuration: ordinary);
            var manager = services.Get<IVariantFeatureManager>();
            foreach (string user in users.Where(user => user.Length > 0))
            {
                var context = new TargetingContext { UserId = user };
                string theirs = (await manager.GetVariantAsync("theirs", context, default)).Name;
                Assert.Equal(theirs, (await manager.GetVariantAsync("ours", context, default)).Name);
                Assert.Equal(theirs, services.Manager.GetVariant("ours", new() { UserId = user }));
            }
        }, iter: 60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void GetVariant_UsersThatDifferByCase_AreOneWhereMicrosoftIgnoresCase(bool ignoreCase)
    {
        using var services = new FlagServices(
            [Flag.Variants("flag", FlagState.Enabled, ("a", 1), ("b", 1))],
            before: collection => collection.Configure<TargetingEvaluationOptions>(options => options.IgnoreCase = ignoreCase));
        bool same = Enumerable.Range(0, 50).All(i => services.Manager.GetVariant("flag", new() { UserId = $"user{i}" }) == services.Manager.GetVariant("flag", new() { UserId = $"USER{i}" }));
        Assert.Equal(ignoreCase, same);
    }

    [Fact]
    public async Task GetService_VariantServiceOverAFlagOfOurs_FollowsItsVariant()
    {
        var user = new AmbientUser();
        using var services = new FlagServices(
            [Flag.Variants("Search", FlagState.Enabled, ("Quick", 1), ("Slow", 1))],
            before: collection => collection.AddSingleton<ISearch, Quick>().AddSingleton<ISearch, Slow>().AddSingleton<ITargetingContextAccessor>(user),
            add: collection => collection.AddFeatureManagement().WithVariantService<ISearch>("Search"));
        var seen = new HashSet<string>();
        foreach (string name in Enumerable.Range(0, 20).Select(i => $"user{i}"))
        {
            user.Context = new TargetingContext { UserId = name };
            ISearch service = await services.Get<IVariantServiceProvider<ISearch>>().GetServiceAsync(default);
            Assert.Equal(services.Manager.GetVariant("Search", new() { UserId = name }), service.GetType().Name);
            seen.Add(service.GetType().Name);
        }
        Assert.Equal(2, seen.Count);

        services.Flags.Set(Flag.Killed("Search"));
        Assert.Null(await services.Get<IVariantServiceProvider<ISearch>>().GetServiceAsync(default));
    }

    public interface ISearch;

    public sealed class Quick : ISearch;

    public sealed class Slow : ISearch;
}
