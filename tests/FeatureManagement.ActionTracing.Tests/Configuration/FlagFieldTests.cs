using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>What is written is what is read: every field, overlays, and lists and maps over several files.</summary>
public sealed class FlagFieldTests
{
    [Fact]
    public void TicketsConfiguration_Verbatim()
    {
        IConfigurationRoot ticket = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "Configuration", "ticket.json")).Build();

        FeatureFlagConfigurationValidation found = FeatureFlagConfigurationValidator.Validate(ticket, "Production");
        Assert.True(found.IsValid);
        Assert.Empty(found.Warnings);

        FlagCatalog catalog = CatalogReading.Read(SettingReader.Read(ticket), "Development", BuiltInFlags.In("Development")).Catalog;
        Assert.Equal(["verbose_tracing"], catalog.BuiltIn);
        Assert.Equal(FlagState.Enabled, catalog.Flags["action_tracing_enabled"].State);
        // A flag that the user defines has the parent that the user gives it, and no other.
        Assert.Null(catalog.Flags["trace_output_enabled"].Parent);
        Assert.Equal(new FeatureFlagSettings(), catalog.Settings);
    }

    [Fact]
    public void Flag_EveryField()
    {
        FlagDefinition flag = Layers.Definition("Checkout", "Production", Layers.Flags("""
            "Checkout": {
              "type": "Multivariate", "STATE": "rollout", "description": "The new one", "percentage": "12.5", "whitelist": ["alice", 42], "groups": { "staff": true, "beta": false },
              "parent": "action_tracing_enabled", "telemetry": "TRUE",
              "variants": { "b": { "weight": 3, "config": { "size": 5, "colors": ["red", "blue"] } }, "A": { "weight": 0.001, "config": "plain" } }
            }
            """));

        Assert.Equal("Checkout", flag.Name);
        Assert.Equal(FlagType.Multivariate, flag.Type);
        Assert.Equal(FlagState.Rollout, flag.State);
        Assert.Equal("The new one", flag.Description);
        Assert.Equal(12.5m, flag.Percentage);
        Assert.Equal(["alice", "42"], flag.Whitelist);
        Assert.Equal(["staff"], flag.Groups);
        Assert.Equal("action_tracing_enabled", flag.Parent);
        Assert.True(flag.Telemetry);
        Assert.Null(flag.Priority);
        Assert.Null(flag.RolloutConfig);
        Assert.Null(flag.Experiment);
        Assert.Equal([("A", 0.001m), ("b", 3m)], flag.Variants.Select(variant => (variant.Name, variant.Weight)));
        Assert.Equal([new("", "plain")], flag.Variants[0].Config);
        Assert.Equal([new("colors:0", "red"), new("colors:1", "blue"), new("size", "5")], flag.Variants[1].Config);
    }

    [Fact]
    public void Flag_OnlyRequiredFields_HasTheDefaults()
    {
        FlagDefinition flag = Layers.Definition("f", "Production", Layers.Flags(""" "f": { "type": "boolean", "state": "disabled", "percentage": null, "whitelist": null, "variants": {}, "rolloutConfig": {} } """));

        Assert.Equal(new FlagDefinition { Name = "f", Type = FlagType.Boolean, State = FlagState.Disabled }, flag with { Whitelist = [], Groups = [], Variants = [] });
        Assert.Empty(flag.Whitelist);
        Assert.Empty(flag.Groups);
        Assert.Empty(flag.Variants);
    }

    [Theory]
    [InlineData("emergency_off", FlagState.EmergencyOff)]
    [InlineData("EmergencyOff", FlagState.EmergencyOff)]
    [InlineData("emergency-off", FlagState.EmergencyOff)]
    [InlineData("EMERGENCY_OFF", FlagState.EmergencyOff)]
    [InlineData("Canary", FlagState.Canary)]
    [InlineData("development", FlagState.Development)]
    public void State_InAnySpelling(string text, FlagState expected) =>
        Assert.Equal(expected, Layers.Definition("f", "Production", Layers.Flags($$""" "f": { "type": "boolean", "state": "{{text}}" } """)).State);

    [Fact]
    public void RolloutConfig_EveryField()
    {
        RolloutConfig? config = Layers.Definition("f", "Production", Layers.Flags("""
            "f": {
              "type": "percentage", "state": "disabled",
              "rolloutConfig": {
                "type": "stepped", "duration": "1.12:00:00", "startPercentage": 0.1, "targetPercentage": 80, "checkpoints": [5, "50", 80],
                "schedule": [{ "after": 0, "percentage": 1 }, { "after": "02:00:00", "percentage": 10 }], "startAt": "2026-12-01T09:00:00+01:00", "autoStart": true,
                "rollbackTo": "disabled", "guard": false, "alpha": 0.01, "maxErrorRateIncrease": 0.1, "maxLatencyIncrease": "0.5", "slowThreshold": 1500, "maxHold": "00:10:00",
                "safetyThresholds": {
                  "maxErrorRate": 0.05, "maxLatency": 250.5, "thresholdWindow": "00:01:00", "maxErrorRateWithoutControl": 0.2, "minimumSamples": 50,
                  "phases": { "canary": { "maxErrorRate": 0.01, "maxLatency": 100, "minimumSamples": 500 }, "gradual": { "minimumSamples": 0 }, "majority": { "maxLatency": "00:00:01" } }
                }
              }
            }
            """)).RolloutConfig;

        Assert.NotNull(config);
        Assert.Equal([5, 50, 80], config.Checkpoints);
        Assert.Equal([new(TimeSpan.Zero, 1), new(TimeSpan.FromHours(2), 10)], config.Schedule);
        Assert.Equal(
            new RolloutConfig
            {
                Type = RolloutType.Stepped,
                Duration = TimeSpan.FromHours(36),
                StartPercentage = 0.1m,
                TargetPercentage = 80,
                Checkpoints = config.Checkpoints,
                Schedule = config.Schedule,
                StartAt = new DateTimeOffset(2026, 12, 1, 9, 0, 0, TimeSpan.FromHours(1)),
                AutoStart = true,
                RollbackTo = RollbackTarget.Disabled,
                Guard = false,
                Alpha = 0.01,
                MaxErrorRateIncrease = 0.1,
                MaxLatencyIncrease = 0.5,
                SlowThreshold = TimeSpan.FromMilliseconds(1500),
                MaxHold = TimeSpan.FromMinutes(10),
                SafetyThresholds = new SafetyThresholds
                {
                    MaxErrorRate = 0.05,
                    MaxLatency = TimeSpan.FromMilliseconds(250.5),
                    ThresholdWindow = TimeSpan.FromMinutes(1),
                    MaxErrorRateWithoutControl = 0.2,
                    MinimumSamples = 50,
                    Canary = new PhaseThresholds { MaxErrorRate = 0.01, MaxLatency = TimeSpan.FromMilliseconds(100), MinimumSamples = 500 },
                    Gradual = new PhaseThresholds { MinimumSamples = 0 },
                    Majority = new PhaseThresholds { MaxLatency = TimeSpan.FromSeconds(1) },
                },
            },
            config);
    }

    [Fact]
    public void Experiment_EveryField()
    {
        ExperimentConfig? experiment = Layers.Definition("f", "Production", Layers.Flags("""
            "f": {
              "type": "multivariate", "state": "enabled", "variants": { "Old": { "weight": 1 }, "new": { "weight": 1 } },
              "experiment": {
                "control": "old", "primaryMetric": "SALES", "plannedUnits": 500, "alpha": 0.1,
                "metrics": {
                  "sales": { "kind": "continuous", "cap": 1000, "window": "7.00:00:00" },
                  "errors": { "kind": "binary", "higherIsBetter": false, "role": "guardrail" },
                  "clicks": { "kind": "binary" }
                }
              }
            }
            """)).Experiment;

        Assert.NotNull(experiment);
        Assert.Equal(("Old", "sales", 500, 0.1), (experiment.Control, experiment.PrimaryMetric, experiment.PlannedUnits, experiment.Alpha));
        Assert.Equal(
            [
                new ExperimentMetric { Name = "clicks", Kind = MetricKind.Binary },
                new ExperimentMetric { Name = "errors", Kind = MetricKind.Binary, HigherIsBetter = false, Role = MetricRole.Guardrail },
                new ExperimentMetric { Name = "sales", Kind = MetricKind.Continuous, Cap = 1000, Window = TimeSpan.FromDays(7), Role = MetricRole.Primary },
            ],
            experiment.Metrics);
    }

    [Theory]
    [InlineData("Production", FlagState.Disabled, "alice", 5)]
    [InlineData("STAGING", FlagState.Enabled, "dave", 5)]
    [InlineData("Development", FlagState.Canary, "alice", 50)]
    [InlineData("dev", FlagState.Canary, "alice", 50)]
    public void Overlay_OfTheHostsEnvironment_IsMerged(string environment, FlagState state, string listed, int percentage)
    {
        FlagDefinition flag = Layers.Definition("f", environment, Layers.Flags("""
            "f": {
              "type": "percentage", "state": "disabled", "percentage": 5, "whitelist": ["alice"], "rolloutConfig": { "duration": 600000, "guard": false },
              "environments": {
                "staging": { "state": "enabled", "whitelist": { "dave": true } },
                "dev": { "state": "canary", "percentage": 50, "rolloutConfig": { "duration": 60000 } }
              }
            }
            """));

        Assert.Equal((state, percentage), (flag.State, flag.Percentage));
        Assert.Equal([listed], flag.Whitelist);
        Assert.Equal(TimeSpan.FromMinutes(environment.StartsWith("Dev", StringComparison.OrdinalIgnoreCase) ? 1 : 10), flag.RolloutConfig?.Duration);
        Assert.False(flag.RolloutConfig?.Guard);
    }

    [Fact]
    public void Overlay_MayGiveWhatIsRequired_OnlyBesideTheFlagsOwn() =>
        Assert.Equal(
            ["Flag 'f': state is missing; it must be one of disabled, development, canary, rollout, enabled, emergency_off."],
            Layers.Errors(Layers.Flags(""" "f": { "type": "boolean", "environments": { "production": { "state": "enabled" } } } """)));

    [Theory]
    [InlineData("[\"dave\"]", "dave")] // not dave, bob, carol, as the platform has it
    [InlineData("[]", "")]
    [InlineData("{ \"dave\": true, \"BOB\": false }", "alice carol dave")]
    [InlineData("{ \"alice\": \"true\" }", "bob carol alice")]
    [InlineData("{}", "alice bob carol")]
    [InlineData("null", "alice bob carol")]
    public void Lists_OfSeveralFiles(string second, string expected)
    {
        string[] layers = [Layers.Flags(Layers.Flag("f", """ "whitelist": ["alice", "bob", "carol"] """)), Layers.Flags($$""" "f": { "whitelist": {{second}} } """)];

        Assert.Equal(expected, string.Join(' ', Layers.Definition("f", "Production", layers).Whitelist));
    }

    [Fact]
    public void Lists_FromOtherProviders()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddConfiguration(Layers.Of(Layers.Flags(Layers.Flag("f", """ "whitelist": ["alice", "bob"], "groups": ["a", "b"] """))))
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ACTIONTRACING:featureflags:F:whitelist:0"] = "dave", ["ActionTracing:featureFlags:f:groups:c"] = "true" })
            .Build();

        FlagDefinition flag = CatalogReading.Read(SettingReader.Read(configuration), "Production", BuiltInFlags.In("Production")).Catalog.Flags["f"];

        Assert.Equal(["dave"], flag.Whitelist);
        Assert.Equal(["a", "b", "c"], flag.Groups);
    }

    [Fact]
    public void Whitelist_OfAHundredThousand_AsListAndAsMap()
    {
        string[] users = [.. Enumerable.Range(0, 100_000).Select(i => $"user{i}")];
        string list = string.Join(',', users.Select(user => $"\"{user}\""));
        string map = string.Join(',', users.Select(user => $"\"{user}\": true"));

        Assert.Equal(users, Layers.Definition("f", "Production", Layers.Flags(Layers.Flag("f", $"\"whitelist\": [{list}]"))).Whitelist);
        Assert.Equal(users, Layers.Definition("f", "Production", Layers.Flags(Layers.Flag("f", $"\"whitelist\": [{list}]")), Layers.Flags($$""" "f": { "whitelist": { {{map}} } } """)).Whitelist);
    }
}
