using CsCheck;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

public class VariantTableTests
{
    [Fact]
    public void Assign_FractionalWeights_GivesEachItsPercentage()
    {
        // Weights whose sum is one, and which add up to more than 100 as doubles.
        (string, decimal)[] weights = [("a", 0.64m), ("b", 0.19m), ("c", 0.04m), ("d", 0.05m), ("e", 0.08m)];
        var table = new VariantTable(Flag.Variants("flag", FlagState.Enabled, weights));
        var counts = new int[weights.Length];
        for (int i = 0; i < 100_000; i++)
            counts[table.Assign($"user{i}", false, null)]++;
        double chiSquare = counts.Select((count, i) => Math.Pow(count - 100_000 * (double)weights[i].Item2, 2) / (100_000 * (double)weights[i].Item2)).Sum();
        Assert.True(chiSquare < 23.5, $"chi-square {chiSquare} with four degrees of freedom"); // 99.99 %
        Assert.Equal(100, table.Ranges[^1].To);
    }

    [Fact]
    public void Assign_WithMemo_IsTheSameAsWithout() =>
        Gen.Select(Gen.Decimal[0.001m, 1_000m].Array[1, 8], Gen.String.Array[1, 50]).Sample((weights, keys) =>
        {
            using var memo = new VariantMemo(TimeSpan.FromMinutes(1), TimeProvider.System);
            var table = new VariantTable(Flag.Variants("flag", FlagState.Enabled, [.. weights.Select((weight, i) => ($"v{i}", weight))]));
            foreach (string key in keys.Concat(keys))
                Assert.Equal(table.Assign(key, false, null), table.Assign(key, false, memo));
        }, iter: 300);

    [Fact]
    public void Assign_WeightsChanged_IgnoresWhatWasRemembered()
    {
        using var memo = new VariantMemo(TimeSpan.FromMinutes(1), TimeProvider.System);
        var first = new VariantTable(Flag.Variants("flag", FlagState.Enabled, ("a", 1), ("b", 0.000001m)));
        var second = new VariantTable(Flag.Variants("flag", FlagState.Enabled, ("a", 0.000001m), ("b", 1)));
        Assert.Equal(0, first.Assign("user", false, memo));
        Assert.Equal(1, second.Assign("user", false, memo));
    }

    [Fact]
    public void Memo_AfterItsTime_HasForgotten()
    {
        var time = new FakeTimeProvider();
        using var memo = new VariantMemo(TimeSpan.FromMinutes(1), time);
        memo.Add(0x1234_5678_9ABC_DEF0, 3);
        Assert.Equal(3, memo.Find(0x1234_5678_9ABC_DEF0));
        Assert.Equal(-1, memo.Find(0x1234_5678_9ABC_DEF1));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(-1, memo.Find(0x1234_5678_9ABC_DEF0));
    }

    [Fact]
    public void Memo_FiveInOnePlace_KeepsTheNewestFour()
    {
        using var memo = new VariantMemo(TimeSpan.FromMinutes(1), TimeProvider.System);
        for (ulong i = 1; i <= 5; i++)
            memo.Add(i << 32, (int)i);
        Assert.Equal(-1, memo.Find(1UL << 32));
        for (ulong i = 2; i <= 5; i++)
            Assert.Equal((int)i, memo.Find(i << 32));
    }

    [Fact]
    public void Memo_UnderRaces_NeverAnswersForAnotherKey()
    {
        // All keys fall in two places, so that threads overwrite each other's entries all the time.
        var time = new FakeTimeProvider();
        using var memo = new VariantMemo(TimeSpan.FromMinutes(1), time);
        ulong[] keys = [.. Enumerable.Range(1, 64).Select(i => ((ulong)i << 40) | ((ulong)i & 1))];
        Parallel.For(0, 4, thread =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                int key = (i * 31 + thread * 17) % keys.Length;
                int found = memo.Find(keys[key]);
                Assert.True(found == -1 || found == key, $"{key}: {found}");
                if (found < 0)
                    memo.Add(keys[key], key);
                if (i % 10_000 == 0)
                    time.Advance(TimeSpan.FromMinutes(1));
            }
        });
    }
}
