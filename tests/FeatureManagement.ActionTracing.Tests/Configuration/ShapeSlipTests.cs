using System.Text.Json.Nodes;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>One slip of shape in <c>appsettings.json</c> takes no flag away and lifts no kill, while the process runs or when it starts.</summary>
public sealed class ShapeSlipTests : IDisposable
{
    private const string File = "appsettings.json";
    private static readonly FlagChange Change = new("ann", "because");

    private readonly TempDirectory _directory = new();

    public static TheoryData<string> Names => [.. ShapeSlips.All.Keys];

    public void Dispose() => _directory.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public void WhileItRuns_EveryFlagAnswersAsBefore_AndTheFaultIsInHealthLogAndAudit()
    {
        _directory.Write(File, Good("disabled"));
        using EditedHost host = Start();
        foreach ((string slip, Action<JsonObject> apply) in ShapeSlips.All)
        {
            int audited = Audited(host);
            Edit(host, With("disabled", apply));

            Assert.True(host.Faults.Any(), slip);
            Assert.True(host.IsOn("shop") && host.IsOn("checkout") && host.IsOn("banner"), $"{slip}: {string.Join(" ", host.Faults)}");
            Assert.True(host.Get<IFeatureFlagManager>().Evaluate("stop").Reason == EvaluationReason.Disabled, slip);
            Assert.All(host.Faults, fault => Assert.Contains(host.Logs, log => log.Level == LogLevel.Error && log.Message.EndsWith(fault, StringComparison.Ordinal)));
            host.WaitFor(h => Audited(h) > audited);

            Edit(host, Good("disabled"));
            Assert.Empty(host.Faults);
        }
    }

    [Fact]
    public void WhileItRuns_WhatAnEmergencyFlagStops_StaysOff()
    {
        _directory.Write(File, Good("enabled"));
        using EditedHost host = Start();
        foreach ((string slip, Action<JsonObject> apply) in ShapeSlips.All.Append(KeyValuePair.Create<string, Action<JsonObject>>("the flag gone", file => ShapeSlips.Flags(file).Remove("stop"))))
        {
            Edit(host, With("enabled", apply));
            Assert.True(host.Faults.Any(), slip);
            Assert.False(host.IsOn("shop") || host.IsOn("checkout") || host.IsOn("banner"), $"{slip}: {string.Join(" ", host.Faults)}");
            Edit(host, Good("enabled"));
            Assert.Empty(host.Faults);
        }

        // It takes an explicit disabled.
        Edit(host, Good("disabled"));
        Assert.True(host.IsOn("shop"));
        Edit(host, With("disabled", file => ShapeSlips.Flags(file).Remove("stop")));
        Assert.True(host.IsOn("shop"));
        Assert.Empty(host.Faults);
        Assert.Equal(EvaluationReason.Unknown, host.Get<IFeatureFlagManager>().Evaluate("stop").Reason);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task AtTheStart_TheHostStopsWithTheSentence(string slip)
    {
        // Nothing is known from before; these two are what a new application has, and a key that is not ours.
        string[] allowed = ["no flags", "a section of null", "only a comment", "the section inside of another"];
        _directory.Write(File, With("enabled", ShapeSlips.All[slip]));

        IReadOnlyList<string> errors = Layers.Errors(System.IO.File.ReadAllText(_directory.File(File)));
        if (allowed.Contains(slip) || IsHarmlessAtStart(slip))
        {
            Assert.Empty(errors);
            return;
        }
        Assert.NotEmpty(errors);
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => Task.Run(() => new EditedHost(_directory).Dispose()));
        Assert.Equal(errors, refusal.Failures);
    }

    [Fact]
    public void Sentences_NameThePlaceAndTheFix()
    {
        Assert.Equal(["ActionTracing.featureFlags is a list; it must be an object with a field for each flag."], ErrorsOf("a list of one flag"));
        Assert.Equal(["Flag 'stop' is at 'stop', where it has no effect; move it into ActionTracing.featureFlags, or rename it."], ErrorsOf("a flag beside the section"));
        Assert.Equal(
            ["Flag 'shop': stop is not a known field; it looks like a flag, which must be directly in ActionTracing.featureFlags."], ErrorsOf("a flag inside of another"));
        Assert.Equal(
            ["Flag 'shop': environments.0 is an entry of a list; environments must be an object with a field for each environment."], ErrorsOf("environments as a list"));
        Assert.Contains("ActionTracng is not a known section and has no effect; did you mean ActionTracing?.", ErrorsOf("the section misspelled").Select(error => error + "."));
        Assert.Contains("Flag 'stop' is at 'featureFlags.stop', where it has no effect; move it into ActionTracing.featureFlags, or rename it.", ErrorsOf("all flags beside the section"));

        Assert.Equal(
            "Flag 'stop' is missing, but it is an emergency flag that is on; its last good definition stays in force. To end it, configure its state as disabled; then it can be removed.",
            Assert.Single(FaultsAfter("enabled", file => ShapeSlips.Flags(file).Remove("stop"))));
        Assert.Equal(
            "Flag 'stop' is missing from ActionTracing.featureFlags, but 'featureFlags.shop.environments.stop' has its name; its last good definition stays in force. Move it back, or rename 'featureFlags.shop.environments.stop'.",
            Assert.Single(FaultsAfter("disabled", ShapeSlips.All["a flag among the environments"])));
        Assert.Equal(
            "Flag 'stop' is missing from ActionTracing.featureFlags, but 'stop' has its name; its last good definition stays in force. Move it back, or rename 'stop'.",
            Assert.Single(FaultsAfter("disabled", ShapeSlips.All["a part of a flag beside the section"])));
        Assert.Equal(
            "Flag 'stop' is missing while another part of ActionTracing has a fault; its last good definition stays in force. Correct that fault first.",
            FaultsAfter("disabled", ShapeSlips.All["a flag gone while another is invalid"])[1]);
        Assert.Equal(
            "Flag 'stop': priority is missing, and this is an emergency flag that is on; its last good definition stays in force. To end it, configure its state as disabled.",
            Assert.Single(FaultsAfter("enabled", file => ShapeSlips.Flag(file, "stop").Remove("priority"))));
    }

    [Fact]
    public async Task AFlagThatIsKept_KeepsItsOverrideAndItsRollout()
    {
        _directory.Write(File, Good("disabled"));
        using EditedHost host = Start();
        var flags = host.Get<IFeatureFlagManager>();
        await flags.UpdateFlagAsync("shop", new FlagUpdate { State = FlagState.Disabled }, Change);
        await host.Get<IRolloutManager>().StartAsync("later", Change, new RolloutConfig { StartPercentage = 40 });
        await flags.EmergencyShutdownAsync("banner", Change);

        foreach (string slip in new[] { "a list of one flag", "all flags beside the section", "only an entry of null", "featureFlags inside of featureFlags" })
        {
            Edit(host, With("disabled", ShapeSlips.All[slip]));
            Assert.True(host.Faults.Any(), slip);
            Assert.Equal((FlagSource.Override, EvaluationReason.Disabled), (Status("shop").Source, flags.Evaluate("shop").Reason));
            Assert.Equal((FlagSource.Rollout, 40m), (Status("later").Source, Status("later").Definition.Percentage));
            Assert.Equal(FlagSource.Emergency, Status("banner").Source);
            Edit(host, Good("disabled"));
            Assert.Empty(host.Faults);
        }
        Assert.Equal((FlagSource.Override, FlagSource.Rollout, FlagSource.Emergency), (Status("shop").Source, Status("later").Source, Status("banner").Source));

        FlagStatus Status(string flag) => flags.GetAllFlags().Single(status => status.Definition.Name == flag);
    }

    [Fact]
    public async Task AnEmergencyFlagThatIsOnAtRunTime_IsNotRemovedEither()
    {
        _directory.Write(File, Good("disabled"));
        using EditedHost host = Start();
        var flags = host.Get<IFeatureFlagManager>();
        await flags.EmergencyShutdownAsync("stop", Change);
        Assert.False(host.IsOn("shop"));

        string without = With("disabled", file => ShapeSlips.Flags(file).Remove("stop"));
        Edit(host, without);
        Assert.Single(host.Faults);
        Assert.False(host.IsOn("shop"));

        // Once it is off, it goes with the next reading.
        await flags.ClearEmergencyAsync("stop", Change);
        Edit(host, without);
        Assert.Empty(host.Faults);
        Assert.True(host.IsOn("shop"));
        Assert.DoesNotContain(flags.GetAllFlags(), flag => flag.Definition.Name == "stop");
    }

    [Fact]
    public void ASecondFile_WithAListOrMisplaced_TakesNothingAway()
    {
        string second = """{ "ActionTracing": { "featureFlags": { "stop": { "state": "enabled" }, "extra": { "type": "boolean", "state": "enabled" } } } }""";
        _directory.Write(File, Good("disabled"));
        _directory.Write("appsettings.Production.json", second);
        using EditedHost host = Start();
        Assert.False(host.IsOn("shop"));

        foreach (string slip in new[]
        {
            """{ "ActionTracing": { "featureFlags": [ { "type": "boolean", "state": "enabled" } ] } }""",
            """{ "ActionTracing": { "featureFlags": [ "stop", "extra" ] } }""",
            """{ "ActionTracing": { "featureFlags": [] } }""",
            """{ "stop": { "state": "enabled" }, "extra": { "type": "boolean", "state": "enabled" } }""",
            """{ "featureFlags": { "stop": { "state": "enabled" }, "extra": { "type": "boolean", "state": "enabled" } } }""",
            """{ "ActionTracng": { "featureFlags": { "stop": { "state": "enabled" }, "extra": { "type": "boolean", "state": "enabled" } } } }""",
            """{ "App": { "x": 1, "ActionTracing": { "featureFlags": { "stop": { "state": "enabled" }, "extra": { "type": "boolean", "state": "enabled" } } } } }""",
        })
        {
            Edit(host, slip, "appsettings.Production.json");
            Assert.True(host.Faults.Any(), slip);
            Assert.False(host.IsOn("shop"), slip);
            Assert.Contains(host.Get<IFeatureFlagManager>().GetAllFlags(), flag => flag.Definition.Name == "extra");
            Edit(host, second, "appsettings.Production.json");
            Assert.Empty(host.Faults);
        }
    }

    [Fact]
    public void ADeletedKey_OfAnOtherwiseSoundSection_RemovesTheFlag_WhateverElseBearsItsNameAllAlong()
    {
        // A section of the application's own, a variant and an environment of the flag's name.
        string file = Layers.Flags("""
            "shop": { "type": "boolean", "state": "enabled", "environments": { "search": { "state": "disabled" } } },
            "kind": { "type": "multivariate", "state": "enabled", "variants": { "search": { "weight": 1, "config": { "search": "x" } } } },
            "search": { "type": "boolean", "state": "enabled" },
            "type": { "type": "boolean", "state": "enabled" },
            "environments": { "type": "boolean", "state": "enabled" }
            """)[..^1] + """, "Search": { "Type": "elastic", "State": "enabled" } }""";
        _directory.Write(File, file);
        using var host = new EditedHost(_directory);

        JsonObject edited = JsonNode.Parse(file)!.AsObject();
        foreach (string gone in new[] { "search", "type", "environments" })
            ShapeSlips.Flags(edited).Remove(gone);
        _directory.Write(File, edited.ToJsonString());
        host.WaitFor(h => h.Report.Accepted == 1);

        Assert.Empty(host.Faults);
        Assert.Equal(["kind", "shop"], host.Get<IFeatureFlagManager>().GetAllFlags().Where(flag => flag.Source == FlagSource.Configuration).Select(flag => flag.Definition.Name));
    }

    [Fact]
    public void ASectionPutAside_IsAWarning()
    {
        FeatureFlagConfigurationValidation found = FeatureFlagConfigurationValidator.Validate(
            Layers.Of(Layers.Flags(Layers.Flag("a"))[..^1] + """, "ActionTracing2": { "featureFlags": { "b": { "state": "enabled" } } } }"""), "Production");

        Assert.Empty(found.Errors);
        Assert.Equal(["ActionTracing2 is not a known section and has no effect; did you mean ActionTracing?"], found.Warnings);
    }

    [Fact]
    public void AFlagAmongTheEnvironments_IsAWarningAtTheStart()
    {
        FeatureFlagConfigurationValidation found = FeatureFlagConfigurationValidator.Validate(Layers.Of(With("enabled", ShapeSlips.All["a flag among the environments"])), "Production");

        Assert.Equal(
            ["Flag 'shop': environments.stop has a type and a state, as a flag has. If it is a flag, move it into ActionTracing.featureFlags; if it is an environment, remove its type."],
            found.Warnings);
    }

    [Fact]
    public void TenThousandLostFlags_AreNamedInAFewSentences()
    {
        string[] flags = [.. Enumerable.Range(1, 10_000).Select(i => Layers.Flag($"flag{i}"))];
        var builtIn = BuiltInFlags.In("Production");
        CatalogReading before = CatalogReading.Read(SettingReader.Read(Layers.Of(Layers.Flags(string.Join(',', flags.Append(Layers.Flag("a")))))), "Production", builtIn);
        CatalogReading after = CatalogReading.Read(
            SettingReader.Read(Layers.Of(Layers.Flags(Layers.Flag("a") + "," + Layers.Flag("b", "\"percentage\": 200")))), "Production", builtIn, before);

        Assert.Same(before.Catalog, after.Catalog);
        Assert.Equal(22, after.Faults.Count);
        Assert.Equal("ActionTracing.featureFlags has lost 9980 more flags in the same way; their last good definitions stay in force.", after.Faults[^1].Message);
    }

    // Edits are read at once, so that no watcher comes between.
    private EditedHost Start() => new(_directory, configure: builder =>
    {
        foreach (FileConfigurationSource file in builder.Configuration.Sources.OfType<FileConfigurationSource>())
            file.ReloadOnChange = false;
    });

    private void Edit(EditedHost host, string content, string file = File)
    {
        _directory.Write(file, content);
        ((IConfigurationRoot)host.Get<IConfiguration>()).Reload();
    }

    private static bool IsHarmlessAtStart(string slip) => slip is
        "a flag among the environments" or "a flag in the config of a variant" or "a part of a flag beside the section";

    private static IReadOnlyList<string> ErrorsOf(string slip) => Layers.Errors(With("enabled", ShapeSlips.All[slip]));

    private static IReadOnlyList<string> FaultsAfter(string stop, Action<JsonObject> slip)
    {
        var builtIn = BuiltInFlags.In("Production");
        CatalogReading before = CatalogReading.Read(SettingReader.Read(Layers.Of(Good(stop))), "Production", builtIn);
        return [.. CatalogReading.Read(SettingReader.Read(Layers.Of(With(stop, slip))), "Production", builtIn, before).Faults.Select(fault => fault.Message)];
    }

    private static string With(string stop, Action<JsonObject> slip)
    {
        JsonObject file = JsonNode.Parse(Good(stop))!.AsObject();
        slip(file);
        return file.ToJsonString();
    }

    // From the store itself: on a busy machine the audit log's bound of time may pass.
    private static int Audited(EditedHost host) =>
        host.Get<IActionTracingStore>().State.ReadAuditAsync(new AuditQuery { Take = AuditQuery.MaxTake }, default).GetAwaiter().GetResult().Count(entry => entry.Action == "configuration_rejected");

    private static string Good(string stop) => Layers.Flags($$"""
        "shop": { "type": "boolean", "state": "enabled", "environments": { "staging": { "state": "disabled" } } },
        "checkout": { "type": "percentage", "state": "rollout", "percentage": 100, "parent": "shop" },
        "banner": { "type": "multivariate", "state": "enabled", "variants": { "a": { "weight": 1, "config": { "hex": "#00f" } }, "b": { "weight": 1 } } },
        "later": { "type": "percentage", "state": "disabled" },
        "stop": { "type": "boolean", "state": "{{stop}}", "priority": 1 }
        """);
}
