using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>A kill that is a part of a flag, in a second file, an overlay or by a parent, ends by an edit of it and by no slip of shape.</summary>
public sealed class LostPartTests : IDisposable
{
    private const string First = "appsettings.json";
    private const string Second = "appsettings.Production.json";
    private const string Flags = """
        "plain": { "type": "boolean", "state": "enabled" },
        "overridden": { "type": "boolean", "state": "enabled", "environments": { "production": { "state": "emergency_off" } } },
        "killed": { "type": "boolean", "state": "emergency_off" },
        "child": { "type": "boolean", "state": "enabled", "parent": "killed" },
        "overridden_stop": { "type": "boolean", "state": "disabled", "priority": 5, "environments": { "production": { "state": "enabled" } } },
        "stop": { "type": "boolean", "state": "disabled", "priority": 5 },
        "second_child": { "type": "boolean", "state": "enabled" },
        "kind": {
          "type": "multivariate", "state": "enabled", "rolloutConfig": { "safetyThresholds": { "maxErrorRate": 0.5 } },
          "variants": { "a": { "weight": 1, "config": { "hex": { "x": "1" } } } }, "environments": { "staging": { "percentage": 1 } }
        }
        """;
    private const string Parts = """
        {
          "ActionTracing": {
            "featureFlags": {
              "plain": { "state": "emergency_off" },
              "stop": { "state": "enabled" },
              "second_child": { "parent": "killed" },
              "kind": {
                "rolloutConfig": { "alpha": 0.1 }, "environments": { "staging": { "percentage": 2 }, "production": { "description": "x" } },
                "variants": { "a": { "config": { "hex": { "y": "2" } } } }
              }
            },
            "featureFlagSettings": { "cacheTtl": 5000 },
            "traceOutput": { "maxFiles": 3 }
          },
          "App": { "x": 1 }
        }
        """;

    private static readonly string Good = Layers.Flags(Flags)[..^1] + """, "App": { "x": 1 } }""";

    private readonly TempDirectory _directory = new();

    public static TheoryData<string, string> Moves => new()
    {
        { First, "overridden.environments" },
        { First, "overridden.environments.production" },
        { First, "overridden.environments.production.state" },
        { First, "child.parent" },
        { First, "overridden_stop.environments" },
        { First, "overridden_stop.environments.production" },
        { First, "overridden_stop.environments.production.state" },
        { Second, "plain" },
        { Second, "plain.state" },
        { Second, "stop" },
        { Second, "stop.state" },
        { Second, "second_child" },
        { Second, "second_child.parent" },
    };

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Moves))]
    public void AMovedPart_LiftsNoKill_AndIsAFault(string file, string part)
    {
        using EditedHost host = Start();
        string good = file == First ? Good : Parts;
        (string Slip, string Content)[] slips = [.. ShapeMoves.Of(good, $"ActionTracing.featureFlags.{part}")];
        Assert.True(slips.Length >= 10, $"{slips.Length}");
        foreach ((string slip, string content) in slips)
            AssertLiftsNothing(host, file, content, good, slip);
    }

    [Theory]
    [InlineData("""{ "ActionTracing": { "featureFlags": { "plain": [], "stop": [], "second_child": [] } } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": { "plain": ["emergency_off"], "stop": ["enabled"], "second_child": [ { "parent": "killed" } ] } } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": { "plain": "emergency_off", "stop": "enabled", "second_child": "killed" } } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": [ { "plain": { "state": "emergency_off" } } ] } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": [] } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": "none" } }""")]
    [InlineData("""{ "ActionTracing": [] }""")]
    [InlineData("""{ "ActionTracing": [ { "featureFlags": { "plain": { "state": "emergency_off" } } } ] }""")]
    [InlineData("""{ "ActionTracing": { "featureFlagSettings": [] } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlag": { "plain": { "state": "emergency_off" }, "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } } } }""")]
    [InlineData("""{ "ActionTracng": { "featureFlags": { "plain": { "state": "emergency_off" }, "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } } } }""")]
    [InlineData("""{ "featureFlags": { "plain": { "state": "emergency_off" }, "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } } }""")]
    [InlineData("""{ "featureFlags": [ { "plain": { "state": "emergency_off" }, "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } } ] }""")]
    [InlineData("""{ "plain": { "state": "emergency_off" }, "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } }""")]
    [InlineData("""{ "App": { "featureFlags": { "ActionTracing": { "featureFlags": { "plain": { "state": "emergency_off" }, "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } } } } } }""")]
    [InlineData("""{ "ActionTracing": { "featureFlags": { "kind": { "environments": { "plain": { "state": "emergency_off" }, "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } } } } } }""")]
    public void ASecondFileOfAnotherShape_LiftsNoKill_AndIsAFault(string content)
    {
        using EditedHost host = Start();
        AssertLiftsNothing(host, Second, content, Parts, content);
    }

    [Fact]
    public void AnOverlayThatBecomesAFlag_LiftsNoKill()
    {
        using EditedHost host = Start();
        string overlay = """, "environments": { "production": { "state": "emergency_off" } } }""";
        Assert.Contains(overlay, Good, StringComparison.Ordinal);
        string slip = Good.Replace(overlay, """ }, "production": { "type": "boolean", "state": "emergency_off" }""", StringComparison.Ordinal);
        AssertLiftsNothing(host, First, slip, Good, slip);
    }

    [Fact]
    public void DeletedParts_OfAnOtherwiseSoundSection_AreOrdinaryEdits()
    {
        using EditedHost host = Start();
        Edit(host, First, Good.Replace(""", "environments": { "production": { "state": "emergency_off" } }""", "", StringComparison.Ordinal).Replace(""", "parent": "killed" """, "", StringComparison.Ordinal));
        Assert.Empty(host.Faults);
        Assert.Equal(FlagState.Enabled, Of(host, "overridden").State);
        Assert.Null(Of(host, "child").Parent);

        Edit(host, Second, """{ "App": { "x": 1 } }""");
        Assert.Empty(host.Faults);
        Assert.Equal((FlagState.Enabled, FlagState.Disabled), (Of(host, "plain").State, Of(host, "stop").State));
        Assert.Null(Of(host, "second_child").Parent);
    }

    [Fact]
    public void AWrittenWord_EndsAKill_AndSwitchesOff_WhateverElseIsWrong()
    {
        using EditedHost host = Start();
        string broken = """ "broken": { "type": "boolean" }, "plain": { "state": """;
        string With(string state) => Parts.Replace("""
            "plain": { "state": "emergency_off"
            """, broken + $"\"{state}\"", StringComparison.Ordinal);
        Edit(host, Second, With("enabled"));
        Assert.Equal(FlagState.Enabled, Of(host, "plain").State);

        // The part is lost, but what is written elsewhere switches off.
        Edit(host, First, Good.Replace("""
            "plain": { "type": "boolean", "state": "enabled"
            """, """
            "plain": { "type": "boolean", "state": "disabled"
            """, StringComparison.Ordinal));
        Edit(host, Second, With("enabled").Replace("""
            "plain": { "state": "enabled" },
            """, "", StringComparison.Ordinal));
        Assert.NotEmpty(host.Faults);
        Assert.Equal(FlagState.Disabled, Of(host, "plain").State);
    }

    [Fact]
    public void WhatWasKeptForAFault_FollowsTheFilesOnceItIsCorrected()
    {
        using EditedHost host = Start();
        string without = Parts.Replace("""
            "plain": { "state": "emergency_off" },
            """, "", StringComparison.Ordinal);
        Edit(host, Second, without.Replace("\"maxFiles\": 3", "\"maxFiles\": -3", StringComparison.Ordinal));
        Assert.Contains("Flag 'plain' has lost state while another part of ActionTracing has a fault; its last good definition stays in force. Correct that fault first.", host.Faults);
        Assert.Equal(FlagState.EmergencyOff, Of(host, "plain").State);

        Edit(host, Second, without);
        Assert.Empty(host.Faults);
        Assert.Equal(FlagState.Enabled, Of(host, "plain").State);
    }

    [Fact]
    public void Sentences_NameWhatIsLost_AndWhereItMayBe()
    {
        using EditedHost host = Start();
        Edit(host, Second, """{ "ActionTracing": { "featureFlags": { "stop": { "state": "enabled" }, "second_child": { "parent": "killed" }, "kind": { "environments": { "plain": { "state": "emergency_off" } } } } } }""");
        Assert.Equal(
            ["Flag 'plain' has lost state, which may be at 'featureFlags.kind.environments.plain' now; its last good definition stays in force. Move it back, or rename 'featureFlags.kind.environments.plain'."],
            host.Faults);
        Edit(host, Second, """{ "ActionTracing": { "featureFlags": { "plain": [], "stop": { "state": "enabled" }, "second_child": { "parent": "killed" } } } }""");
        Assert.Equal(["Flag 'plain' is ''; it must be an object with fields."], host.Faults);
    }

    private void AssertLiftsNothing(EditedHost host, string file, string content, string good, string slip)
    {
        Edit(host, file, content);
        for (int touch = 0; touch < 2; touch++)
        {
            Assert.True(host.Faults.Any(), slip);
            foreach (string flag in new[] { "plain", "overridden", "killed" })
                Assert.True(Of(host, flag).State == FlagState.EmergencyOff, $"{flag}: {slip}: {string.Join(" ", host.Faults)}");
            foreach (string flag in new[] { "child", "second_child" })
                Assert.True(Of(host, flag).Parent == "killed", $"{flag}: {slip}: {string.Join(" ", host.Faults)}");
            foreach (string flag in new[] { "stop", "overridden_stop" })
                Assert.True(Of(host, flag) is { State: FlagState.Enabled, Priority: 5 }, $"{flag}: {slip}: {string.Join(" ", host.Faults)}");
            Assert.All(["plain", "overridden", "killed"], flag => Assert.Equal(EvaluationReason.Emergency, host.Get<IFeatureFlagManager>().Evaluate(flag).Reason));
            Reload(host);
        }
        Edit(host, file, good);
        Assert.True(!host.Faults.Any(), $"{slip}: {string.Join(" ", host.Faults)}");
    }

    private EditedHost Start()
    {
        _directory.Write(First, Good);
        _directory.Write(Second, Parts);
        return new EditedHost(_directory, configure: builder =>
        {
            foreach (FileConfigurationSource source in builder.Configuration.Sources.OfType<FileConfigurationSource>())
                source.ReloadOnChange = false;
        });
    }

    private void Edit(EditedHost host, string file, string content)
    {
        _directory.Write(file, content);
        Reload(host);
    }

    private static void Reload(EditedHost host) => ((IConfigurationRoot)host.Get<IConfiguration>()).Reload();

    private static FlagDefinition Of(EditedHost host, string flag) => host.Get<LiveConfiguration>().Catalog.Flags[flag];
}
