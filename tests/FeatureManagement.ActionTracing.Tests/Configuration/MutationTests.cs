using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.FeatureManagement;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>A good file, broken two thousand times at random, under a process that never stops.</summary>
public sealed class MutationTests : IDisposable
{
    private const string Good = """
        {
          "feature_management": { "feature_flags": [ { "id": "Ordinary", "enabled": true } ] },
          "ActionTracing": {
            "featureFlags": {
              "shop": { "type": "boolean", "state": "enabled" },
              "checkout": { "type": "percentage", "state": "rollout", "percentage": 100, "parent": "shop", "whitelist": ["alice", "bob"] },
              "banner": { "type": "multivariate", "state": "enabled", "parent": "checkout", "variants": { "a": { "weight": 1, "config": { "hex": "#00f" } }, "b": { "weight": 2 } } },
              "search": { "type": "whitelist", "state": "canary", "whitelist": { "carol": true }, "environments": { "production": { "percentage": 100 } } },
              "overridden": { "type": "boolean", "state": "enabled", "environments": { "production": { "state": "emergency_off" } } },
              "plain": { "type": "boolean", "state": "enabled" },
              "child": { "type": "boolean", "state": "enabled" },
              "stop": { "type": "boolean", "state": "enabled", "priority": 1 }
            },
            "featureFlagSettings": { "cacheTtl": 5000 }
          }
        }
        """;

    private const string GoodSecond = """
        {
          "ActionTracing": {
            "featureFlags": {
              "plain": { "state": "emergency_off" },
              "child": { "parent": "overridden" },
              "search": { "environments": { "production": { "percentage": 50 } } },
              "banner": { "variants": { "a": { "config": { "size": { "x": 1 } } } } }
            }
          },
          "App": { "x": 1 }
        }
        """;

    private readonly TempDirectory _directory = new();
    private readonly IConfigurationRoot _root;
    private readonly ServiceProvider _services;
    private readonly ServiceProvider _microsoft;

    public MutationTests()
    {
        _directory.Write("appsettings.json", Good);
        _directory.Write("second.json", GoodSecond);
        _root = Build();
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<IConfiguration>(_root).AddSingleton<TimeProvider>(new FakeTimeProvider());
        services.AddFeatureManagement(_root).WithActionTracing();
        _services = services.BuildServiceProvider();
        var microsoft = new ServiceCollection();
        microsoft.AddLogging().AddFeatureManagement(_root);
        _microsoft = microsoft.BuildServiceProvider();
    }

    public void Dispose()
    {
        _services.Dispose();
        _microsoft.Dispose();
        _directory.Dispose();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void MutationsOfBytes_EachAppliesAsAFreshStartWouldReadIt_OrChangesNothingForWhatItBroke()
    {
        (int applied, int refused) = Run(seeds => Mutate(Encoding.UTF8.GetBytes(Good), seeds));
        Assert.True(applied > 100 && refused > 100, $"{applied} applied, {refused} refused");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void MutationsOfShape_EachAppliesAsAFreshStartWouldReadIt_OrChangesNothingForWhatItBroke()
    {
        (int applied, int refused) = Run(seeds => Encoding.UTF8.GetBytes(ShapeMutation.Of(Good, new Random(seeds[0]), seeds.Length)));
        Assert.True(applied > 100 && refused > 300, $"{applied} applied, {refused} refused");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void MutationsOfTheShapeOfASecondFile_EachAppliesAsAFreshStartWouldReadIt_OrChangesNothingForWhatItBroke()
    {
        (int applied, int refused) = Run(seeds => Encoding.UTF8.GetBytes(ShapeMutation.Of(GoodSecond, new Random(seeds[0]), seeds.Length)), "second.json");
        Assert.True(applied > 100 && refused > 300, $"{applied} applied, {refused} refused");
    }

    // How often an edit applied whole, and how often something was refused.
    private (int Applied, int Refused) Run(Func<int[], byte[]> mutate, string file = "appsettings.json")
    {
        var status = _services.GetRequiredService<IActionTracingConfigurationStatus>();
        var live = _services.GetRequiredService<LiveConfiguration>();
        int applied = 0;
        int refused = 0;
        Gen.Int.Array[1, 3].Sample(
            seeds =>
            {
                byte[] content = mutate(seeds);
                FlagCatalog before = live.Catalog;
                File.WriteAllBytes(_directory.File(file), content);
                _root.Reload();

                refused += status.Current.Faults.Count > 0 ? 1 : 0;
                if (Fresh() is not (var fresh, var section))
                {
                    // The file cannot be parsed: nothing moves at all.
                    Assert.Same(before, live.Catalog);
                    Assert.NotEmpty(status.Current.Faults);
                }
                else if (fresh.Faults.Count == 0 && status.Current.Faults.Count == 0)
                {
                    AssertSame(fresh.Catalog, live.Catalog);
                    AssertNothingWasLost(before, live.Catalog, content);
                    applied++;
                }
                else
                {
                    Assert.NotEmpty(status.Current.Faults);
                    foreach ((string name, FlagReading flag) in section.Flags)
                        if (flag.Definition is null)
                            Assert.Same(before.Flags.GetValueOrDefault(name), live.Catalog.Flags.GetValueOrDefault(name));
                        else if (!status.Current.Faults.Any(fault => fault.Message.Contains(name, StringComparison.OrdinalIgnoreCase) || fault.Message.Contains("cycle", StringComparison.Ordinal) || fault.Message.Contains("list", StringComparison.Ordinal) || fault.Message.Contains("cannot be read", StringComparison.Ordinal)))
                            Assert.True(FlagFields.AreSame(flag.Definition, live.Catalog.Flags[name]), $"{name}: {Encoding.UTF8.GetString(content)}");
                    // Nothing but what is written of a flag changes the flag, and it goes only from a file that is sound by itself.
                    foreach (FlagDefinition flag in before.Flags.Values)
                        Assert.True(
                            live.Catalog.Flags.TryGetValue(flag.Name, out FlagDefinition? now)
                                ? FlagFields.AreSame(flag, now) || (section.Flags.GetValueOrDefault(flag.Name)?.Definition is { } written && FlagFields.AreSame(written, now))
                                : fresh.Faults.Count == 0,
                            flag.Name);
                    if (fresh.Faults.Count == 0)
                        AssertNothingWasLost(before, live.Catalog, content);
                }
                if (status.Current.Faults.Count == 0)
                    AssertNoKillSlipped(live.Catalog, Encoding.UTF8.GetString(content));
                // What a fault keeps, a touch does not end.
                FlagCatalog kept = live.Catalog;
                _root.Reload();
                Assert.Same(kept, live.Catalog);
                // What is on and stops all others ends by an explicit edit of it alone.
                Assert.True(live.Catalog.Flags.TryGetValue("stop", out FlagDefinition? stop) && (stop.Priority is not null || stop.State == FlagState.Disabled));
                EvaluateEverything();

                // Put right, all is as at the start. What the mutation made an emergency flag is switched off first.
                JsonObject disabled = JsonNode.Parse(Good)!.AsObject();
                foreach (FlagDefinition flag in live.Catalog.Flags.Values)
                    if (flag.Priority is not null && flag.Name != "stop" && !live.Catalog.BuiltIn.Contains(flag.Name))
                        ShapeSlips.Flags(disabled)[flag.Name] = new JsonObject { ["type"] = "boolean", ["state"] = "disabled" };
                _directory.Write("appsettings.json", disabled.ToJsonString());
                _root.Reload();
                _directory.Write("appsettings.json", Good);
                _directory.Write("second.json", GoodSecond);
                _root.Reload();
                Assert.Empty(status.Current.Faults);
                AssertSame(Fresh()!.Value.Reading.Catalog, live.Catalog);
            },
            iter: 1_000,
            threads: 1);
        return (applied, refused);
    }

    // A flag that is gone without a fault was deleted: its name is nowhere else in the file.
    private static void AssertNothingWasLost(FlagCatalog before, FlagCatalog after, byte[] content)
    {
        string text = Encoding.UTF8.GetString(content);
        foreach (FlagDefinition flag in before.Flags.Values)
            if (!after.Flags.ContainsKey(flag.Name))
                Assert.False(ShapeMutation.HasKey(JsonNode.Parse(text, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }), flag.Name), $"{flag.Name}: {text}");
    }

    // A kill that is over without a fault was deleted, or another word stands in its place: what said it is nowhere but where any flag may say it.
    private static void AssertNoKillSlipped(FlagCatalog catalog, string content)
    {
        JsonNode? file = JsonNode.Parse(content, documentOptions: new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (catalog.Flags.TryGetValue("plain", out FlagDefinition? plain) && plain.State != FlagState.EmergencyOff)
            Assert.False(ShapeMutation.HasAway(file, "plain", "state", "emergency_off"), content);
        if (catalog.Flags.TryGetValue("overridden", out FlagDefinition? overridden) && overridden.State != FlagState.EmergencyOff)
            Assert.False(ShapeMutation.HasAway(file, "production", "state", "emergency_off"), content);
        if (catalog.Flags.TryGetValue("child", out FlagDefinition? child) && child.Parent != "overridden")
            Assert.False(ShapeMutation.HasAway(file, "child", "parent", "overridden"), content);
    }

    private IConfigurationRoot Build() => new ConfigurationBuilder()
        .AddJsonFile(_directory.File("appsettings.json"), optional: true, reloadOnChange: false)
        .AddJsonFile(_directory.File("second.json"), optional: true, reloadOnChange: false)
        .KeepLastGoodJson()
        .Build();

    private (CatalogReading Reading, SectionReading Section)? Fresh()
    {
        try
        {
            IConfigurationRoot fresh = new ConfigurationBuilder()
                .AddJsonFile(_directory.File("appsettings.json"), optional: true)
                .AddJsonFile(_directory.File("second.json"), optional: true)
                .Build();
            RawSettings raw = SettingReader.Read(fresh);
            return (CatalogReading.Read(raw, "Production", BuiltInFlags.In("Production")), SectionReader.Read(raw, "Production"));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private void EvaluateEverything()
    {
        var flags = _services.GetRequiredService<IFeatureFlagManager>();
        var features = _services.GetRequiredService<IVariantFeatureManager>();
        foreach (FlagStatus flag in flags.GetAllFlags())
        {
            var context = new FeatureFlagContext { UserId = "alice" };
            Assert.Equal(flags.IsEnabled(flag.Definition.Name, context), flags.Evaluate(flag.Definition.Name, context).IsEnabled);
            _ = features.GetVariantAsync(flag.Definition.Name, context, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
        // An ordinary flag is Microsoft.FeatureManagement's own, also where it is nonsense.
        Assert.Equal(Ordinary(_microsoft), Ordinary(_services));
    }

    private static string Ordinary(IServiceProvider services)
    {
        try
        {
            return services.GetRequiredService<IVariantFeatureManager>().IsEnabledAsync("Ordinary").AsTask().GetAwaiter().GetResult() ? "on" : "off";
        }
        catch (FeatureManagementException refused)
        {
            return refused.Message;
        }
    }

    private static void AssertSame(FlagCatalog expected, FlagCatalog actual)
    {
        Assert.Equal(expected.Flags.Keys.Order(StringComparer.Ordinal), actual.Flags.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected.Flags.Values, flag => Assert.True(FlagFields.AreSame(flag, actual.Flags[flag.Name]), flag.Name));
        Assert.Equal(expected.Settings, actual.Settings);
    }

    // Bytes and words changed, cut out, doubled and swapped.
    private static byte[] Mutate(byte[] content, int[] seeds)
    {
        string[] words = ["enabled", "emergency_off", "disabled", "100", "percentage", "\"parent\"", "shop", "checkout", "banner", "null", "true", "{}", "[]", "-1", "\"state\"", "boolean"];
        string text = Encoding.UTF8.GetString(content);
        foreach (int seed in seeds)
        {
            var random = new Random(seed);
            int at = random.Next(text.Length);
            string word = words[random.Next(words.Length)];
            int place = text.IndexOf(word, at, StringComparison.Ordinal);
            text = random.Next(8) switch
            {
                0 => text[..at],
                1 => text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at)),
                2 => text.Insert(at, text.Substring(at, Math.Min(random.Next(1, 60), text.Length - at))),
                3 => text[..at] + (char)random.Next(32, 0x2fff) + text[at..],
                4 when text.IndexOf('\n', at) is var end && end >= 0 && text.IndexOf('\n', end + 1) is var next && next >= 0 => text.Remove(end, next - end),
                _ when place >= 0 => text.Remove(place, word.Length).Insert(place, words[random.Next(words.Length)]),
                _ => text,
            };
            if (text.Length == 0)
                break;
        }
        return Encoding.UTF8.GetBytes(text);
    }
}
