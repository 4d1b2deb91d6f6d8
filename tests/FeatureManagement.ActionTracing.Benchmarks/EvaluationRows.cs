using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What an evaluation costs: directly, through Microsoft.FeatureManagement's interfaces, and beside Microsoft.FeatureManagement.</summary>
internal sealed class EvaluationRows
{
    private readonly IFeatureFlagManager _direct;
    private readonly IVariantFeatureManager _manager;
    private readonly IVariantFeatureManager _microsoft;
    private readonly Floor _floor;

    public EvaluationRows()
    {
        ServiceProvider us = World.WithUs(World.Flags(1_000));
        _direct = us.GetRequiredService<IFeatureFlagManager>();
        _manager = us.GetRequiredService<IVariantFeatureManager>();
        _microsoft = World.WithoutUs(new MicrosoftFeatures(1_000)).GetRequiredService<IVariantFeatureManager>();
        _floor = new Floor(World.Flags(1_000).Select(flag => flag.Name));
    }

    public IEnumerable<Row> Measure() =>
    [
        .. Job("on", World.On, World.Users, World.MicrosoftUsers, _floor.Hash, 1.5, 2.5, 5),
        .. Job("rollout 50 %", World.Half, World.Users, World.MicrosoftUsers, _floor.Hash, 1.5, 2, 35),
        .. Job("whitelist of 1,000, hit", World.Listed, World.ListedUsers, World.MicrosoftListedUsers, _floor.Set, 1.5, 2, 50),
        .. Job("whitelist of 1,000, miss", World.Listed, World.Users, World.MicrosoftUsers, _floor.Set, 1.75, 2.25, 120),
        .. Variants(),
        .. Parents(),
        .. Unknown(),
        .. Crowd(),
    ];

    private IEnumerable<Row> Job(
        string job, string flag, FeatureFlagContext[] users, TargetingContext[] microsoftUsers, Func<string, string, bool> floor, double goal, double managerGoal, double microsoftGoal)
    {
        string[] keys = [.. users.Select(user => user.UserId!)];
        bool set = floor.Method.Name == nameof(Floor.Set);
        Cost[] costs = Measurement.Compare(
            set ? n => { for (int i = 0; i < n; i++) Sink.Take(_floor.Set(flag, keys[i & 1_023])); }
        : n => { for (int i = 0; i < n; i++) Sink.Take(_floor.Hash(flag, keys[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_direct.IsEnabled(flag, users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_manager.IsEnabledAsync(flag, users[i & 1_023], default).Result); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_microsoft.IsEnabledAsync(flag, microsoftUsers[i & 1_023], default).Result); });
        yield return new Row(job, "floor", costs[0].Nanoseconds, "ns");
        yield return Row.Ratio(job, "direct call / floor", costs[1].Nanoseconds, costs[0].Nanoseconds, goal);
        yield return Row.Ratio(job, "IVariantFeatureManager / floor", costs[2].Nanoseconds, costs[0].Nanoseconds, managerGoal);
        yield return Row.Faster(job, "against Microsoft.FeatureManagement", costs[3].Nanoseconds, costs[2].Nanoseconds, microsoftGoal);
        yield return new Row(job, "direct call", costs[1].Bytes, "bytes", 0);
        yield return new Row(job, "IVariantFeatureManager", costs[2].Bytes, "bytes", 0);
        yield return new Row(job, "Microsoft.FeatureManagement", costs[3].Bytes, "bytes");
    }

    private IEnumerable<Row> Variants()
    {
        FeatureFlagContext[] users = World.Users;
        string[] keys = [.. users.Select(user => user.UserId!)];
        Cost[] seen = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(_floor.Hash(World.Variants, keys[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_direct.GetVariant(World.Variants, users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_manager.GetVariantAsync(World.Variants, users[i & 1_023], default).Result); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_microsoft.GetVariantAsync(World.Variants, World.MicrosoftUsers[i & 1_023], default).Result); });
        yield return Row.Ratio("three variants, known user", "direct call / floor", seen[1].Nanoseconds, seen[0].Nanoseconds, 2);
        yield return Row.Ratio("three variants, known user", "IVariantFeatureManager / floor", seen[2].Nanoseconds, seen[0].Nanoseconds, 2.25);
        yield return Row.Faster("three variants, known user", "against Microsoft.FeatureManagement", seen[3].Nanoseconds, seen[2].Nanoseconds, 45);
        yield return new Row("three variants, known user", "direct call", seen[1].Bytes, "bytes", 0);
        yield return new Row("three variants, known user", "IVariantFeatureManager (with its Variant)", seen[2].Bytes, "bytes");

        // Twice as many as the memo holds, in turn, so that none is remembered when it comes again.
        FeatureFlagContext[] fresh = World.Contexts("new-user-{0:0000000}", 1 << 17);
        byte[][] texts = [.. fresh.Select(user => Encoding.UTF8.GetBytes($"{user.UserId}\nallocation\n{World.Variants}"))];
        int next = 0;
        Cost[] costs = Measurement.Compare(
            n =>
            {
                Span<byte> hash = stackalloc byte[32];
                for (int i = 0; i < n; i++)
                    Sink.Take(SHA256.HashData(texts[i & (texts.Length - 1)], hash));
            },
            n => { for (int i = 0; i < n; i++) Sink.Take(_direct.GetVariant(World.Variants, fresh[next++ & (fresh.Length - 1)])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_manager.GetVariantAsync(World.Variants, fresh[next++ & (fresh.Length - 1)], default).Result); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_microsoft.GetVariantAsync(World.Variants, World.MicrosoftUsers[i & 1_023], default).Result); });
        yield return Row.Ratio("three variants, new user", "direct call / SHA-256", costs[1].Nanoseconds, costs[0].Nanoseconds, 1.3);
        yield return Row.Ratio("three variants, new user", "IVariantFeatureManager / SHA-256", costs[2].Nanoseconds, costs[0].Nanoseconds, 1.3);
        yield return Row.Faster("three variants, new user", "against Microsoft.FeatureManagement", costs[3].Nanoseconds, costs[2].Nanoseconds, 2.5);
        yield return new Row("three variants, new user", "direct call", costs[1].Bytes, "bytes", 0);
    }

    private IEnumerable<Row> Parents()
    {
        FeatureFlagContext[] users = World.Users;
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(_direct.IsEnabled(World.Half, users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_direct.IsEnabled(World.Child, users[i & 1_023])); });
        yield return Row.Ratio("each context-dependent parent", "what it adds / a rollout", costs[1].Nanoseconds - costs[0].Nanoseconds, costs[0].Nanoseconds, 1);
    }

    private IEnumerable<Row> Unknown()
    {
        FeatureFlagContext[] users = World.Users;
        string[] keys = [.. users.Select(user => user.UserId!)];
        Cost[] unknown = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(_floor.Hash(World.Half, keys[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(_direct.IsEnabled("checkout_redesign_gone", users[i & 1_023])); });
        yield return Row.Ratio("unknown to us", "direct call / floor", unknown[1].Nanoseconds, unknown[0].Nanoseconds, 2);
    }

    private IEnumerable<Row> Crowd()
    {
        IFeatureFlagManager crowd = World.WithUs(World.Flags(10_000)).GetRequiredService<IFeatureFlagManager>();
        FeatureFlagContext[] users = World.Users;
        Cost[] costs = Measurement.Compare(
            n => { for (int i = 0; i < n; i++) Sink.Take(_direct.IsEnabled(World.Half, users[i & 1_023])); },
            n => { for (int i = 0; i < n; i++) Sink.Take(crowd.IsEnabled(World.Half, users[i & 1_023])); });
        yield return Row.Ratio("a hot flag", "among 10,000 / among 1,000", costs[1].Nanoseconds, costs[0].Nanoseconds, 1.15);
    }
}
