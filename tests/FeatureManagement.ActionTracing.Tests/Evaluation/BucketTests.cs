using CsCheck;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Evaluation;

public class BucketTests
{
    // The vectors of docs/buckets.md. They must never change: every user would move.
    [Theory]
    [InlineData("checkout_v2", "alice", 15877728643835072481UL, 483993273966006142UL)] // 2.623733 %
    [InlineData("CHECKOUT_V2", "alice", 15877728643835072481UL, 483993273966006142UL)] // 2.623733 %
    [InlineData("checkout_v2", "Alice", 15877728643835072481UL, 8049366803110394113UL)] // 43.635705 %
    [InlineData("checkout_v2", "bob@example.com", 15877728643835072481UL, 13000671403662401872UL)] // 70.476781 %
    [InlineData("checkout_v2", "42", 15877728643835072481UL, 17091948054196651206UL)] // 92.655636 %
    [InlineData("checkout_v2", "default", 15877728643835072481UL, 13076294810867069570UL)] // 70.886736 %
    [InlineData("checkout_v2", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", 15877728643835072481UL, 6264862914901827591UL)] // 33.961890 %
    [InlineData("search", "alice", 12847021384930599800UL, 5161326053292335520UL)] // 27.979605 %
    [InlineData("Überweisung", "Zoë", 7161264502295431558UL, 14555374348781439659UL)] // 78.904842 %
    [InlineData("新功能", "用户🙂", 2678084196338139929UL, 14834685144218508682UL)] // 80.418989 %
    public void Hash_PublishedVector_IsTheSameForEver(string flag, string key, ulong seed, ulong hash)
    {
        Assert.Equal(seed, (ulong)Bucket.Seed(flag));
        Assert.Equal(hash, Bucket.Hash(key, Bucket.Seed(flag)));
    }

    [Theory]
    [InlineData(100, 7093333343295620375UL)]
    [InlineData(200, 12434107665855719547UL)]
    public void Hash_LongKey_IsThePublishedOne(int length, ulong hash) => Assert.Equal(hash, Bucket.Hash(new string('x', length), Bucket.Seed("a")));

    [Fact]
    public void Seed_OfNamesThatDifferByCase_IsTheSame() => Assert.Equal(Bucket.Seed("CheckOut_V2"), Bucket.Seed("checkout_v2"));

    [Theory]
    [InlineData("0", 0UL)]
    [InlineData("0.1", 18446744073709551UL)]
    [InlineData("25", 4611686018427387904UL)]
    [InlineData("50", 9223372036854775808UL)]
    [InlineData("99.99999999999999999999999999", ulong.MaxValue)]
    public void Threshold_OfAPercentage_IsExact(string percentage, ulong threshold) =>
        Assert.Equal(threshold, Bucket.Threshold(decimal.Parse(percentage, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("integers")]
    [InlineData("guids")]
    [InlineData("mails")]
    public void Bucket_OfManyIds_FitsThePercentage(string kind)
    {
        var random = new Random(7);
        string[] keys = [.. Enumerable.Range(0, 100_000).Select(i => Key(kind, i, random))];
        foreach (decimal percentage in (decimal[])[0.1m, 1, 5, 12.5m, 50, 99])
            foreach (string flag in (string[])["a", "checkout_v2", "Überweisung", "新功能"])
            {
                long seed = Bucket.Seed(flag);
                ulong threshold = Bucket.Threshold(percentage);
                double expected = keys.Length * (double)percentage / 100;
                double observed = keys.Count(key => Bucket.Hash(key, seed) < threshold);
                double chiSquare = Math.Pow(observed - expected, 2) / expected + Math.Pow(observed - expected, 2) / (keys.Length - expected);
                // One degree of freedom, 72 checks: beyond 15.1 only once in ten thousand.
                Assert.True(chiSquare < 15.1, $"{flag} at {percentage} %: {observed} of {expected} expected");
            }
    }

    [Fact]
    public void IsEnabled_PercentageRaisedAndLowered_OnlyAddsAndTakesTheLastAddedFirst() =>
        Gen.Select(Gen.String[1, 30], Gen.Decimal[0, 100].Array[2, 6], Gen.String.Array[1, 100]).Sample((name, percentages, keys) =>
        {
            using var services = new FlagServices([Flag.Percentage(name, 0)]);
            var on = new HashSet<string>();
            foreach (decimal percentage in percentages.Order())
            {
                services.Flags.Set(Flag.Percentage(name, percentage));
                HashSet<string> now = [.. keys.Where(key => services.Manager.IsEnabled(name, new() { UserId = key }))];
                Assert.Subset(now, on);
                on = now;
            }
        }, iter: 50);

    [Theory]
    [InlineData("integers")]
    [InlineData("guids")]
    [InlineData("mails")]
    public void Buckets_OfTwoFlags_AreIndependent(string kind)
    {
        var random = new Random(11);
        (ulong Left, ulong Right)[] pairs = [.. Enumerable.Range(0, 100_000).Select(i => Key(kind, i, random))
            .Select(key => (Bucket.Hash(key, Bucket.Seed("checkout_v1")), Bucket.Hash(key, Bucket.Seed("checkout_v2"))))];
        // A ten by ten table of deciles: 81 degrees of freedom; 99.99 % lie below 138.
        var table = new double[10, 10];
        foreach ((ulong left, ulong right) in pairs)
            table[Math.BigMul(left, 10, out _), Math.BigMul(right, 10, out _)]++;
        double chiSquare = table.Cast<double>().Sum(observed => Math.Pow(observed - 1_000, 2) / 1_000);
        Assert.True(chiSquare < 138, $"chi-square {chiSquare}");
    }

    private static string Key(string kind, int i, Random random) => kind switch
    {
        "integers" => i.ToString(System.Globalization.CultureInfo.InvariantCulture),
        "guids" => NewGuid(random).ToString(),
        _ => $"user.{i}@example.com",
    };

    private static Guid NewGuid(Random random)
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
