using System.Globalization;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

public class ScaleTests
{
    private static readonly FeatureFlagContext Alice = new() { UserId = "alice" };

    [Fact]
    public async Task TenThousandFlags_AnswerEachForItselfEveryWay()
    {
        FlagDefinition[] flags = [.. Enumerable.Range(0, 10_000).Select(i => Flag.Percentage($"flag_{i}", i % 101))];
        using var services = new FlagServices(flags);
        var manager = services.Get<IFeatureManager>();
        for (int i = 0; i < flags.Length; i++)
        {
            string name = flags[i].Name;
            bool expected = i % 101 == 100 || Bucket.Hash("alice", Bucket.Seed(name)) < Bucket.Threshold(i % 101);
            Assert.Equal(expected, services.Manager.IsEnabled(name, Alice));
            Assert.Equal(expected, await manager.IsEnabledAsync(name.ToUpperInvariant(), Alice));
            Assert.Equal(expected, await services.Get<FeatureManager>().IsEnabledAsync(name, Alice));
        }
        Assert.Equal(flags.Length, services.Manager.GetAllFlags().Count);
        Assert.Equal(flags.Length, await manager.GetFeatureNamesAsync().CountAsync());
    }

    [Fact]
    public async Task HierarchyOfFifty_IsOnExactlyWhereEveryAncestorIs()
    {
        FlagDefinition[] flags = [.. Enumerable.Range(0, 50).Select(i => Flag.Percentage(NameOf(i), 99) with { Parent = i == 0 ? null : NameOf(i - 1) })];
        using var services = new FlagServices(flags);
        var answers = new HashSet<bool>();
        for (int user = 0; user < 200; user++)
        {
            string key = $"user{user}";
            int off = Enumerable.Range(0, 50).Where(i => Bucket.Hash(key, Bucket.Seed(NameOf(i))) >= Bucket.Threshold(99)).DefaultIfEmpty(50).First();
            foreach (int i in (int[])[0, 1, 24, 49])
            {
                var context = new FeatureFlagContext { UserId = key };
                answers.Add(off > i);
                Assert.Equal(off > i, services.Manager.IsEnabled(NameOf(i), context));
                Assert.Equal(off > i, await services.Get<FeatureManager>().IsEnabledAsync(NameOf(i), context));
            }
        }
        Assert.Equal(2, answers.Count);

        static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"level{i}");
    }
}
