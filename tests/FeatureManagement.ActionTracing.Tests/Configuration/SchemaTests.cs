using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Configuration.Fields;
using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Tests.Support;
using NJsonSchema;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>The schema that editors and CI use, compared with the validator that decides.</summary>
public sealed class SchemaTests
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "appsettings.schema.json");
    private static readonly JsonSchema Schema = JsonSchema.FromFileAsync(File).GetAwaiter().GetResult();

    public static TheoryData<string> Samples =>
        [.. Directory.GetFiles(AppContext.BaseDirectory, "appsettings*.json", SearchOption.AllDirectories).Where(file => file != File).Append(Path.Combine(AppContext.BaseDirectory, "Configuration", "ticket.json"))];

    [Theory]
    [MemberData(nameof(Samples))]
    public void Samples_AreAccepted(string file) => Assert.Empty(Schema.Validate(System.IO.File.ReadAllText(file)));

    [Fact]
    [Trait("Speed", "Slow")]
    public void ValidSections_AreAcceptedByBoth() => WrittenSection.Any.Sample(
        section =>
        {
            string json = section.Root.ToJsonString();
            Assert.Empty(Layers.Errors(json));
            Assert.Empty(Schema.Validate(json));
        },
        iter: 100,
        print: section => section.Root.ToJsonString());

    [Fact]
    [Trait("Speed", "Slow")]
    public void SectionsOfAnotherShape_AreRefusedByBoth() => WrittenSection.Any.Sample(
        section =>
        {
            string done = section.Break();
            string json = section.Root.ToJsonString();
            Assert.True(Layers.Errors(json).Count > 0, $"The validator takes {done}.");
            Assert.True(Schema.Validate(json).Count > 0, $"The schema takes {done}.");
        },
        iter: 500,
        print: section => section.Root.ToJsonString());

    [Fact]
    public void Comments_AreIgnoredByBoth_AtEveryLevel()
    {
        const string Comment = """ "$comment": "a", "//": { "type": "x", "state": [1] }, "_COMMENT": ["b", "c"] """;
        string json = $$$"""
            { "ActionTracing": { {{{Comment}}},
              "featureFlagSettings": { {{{Comment}}} }, "traceOutput": { {{{Comment}}} },
              "featureFlags": { {{{Comment}}}, "f": { "type": "multivariate", "state": "enabled", {{{Comment}}},
                "whitelist": { {{{Comment.Replace("[1]", "1", StringComparison.Ordinal)}}}, "alice": true },
                "environments": { {{{Comment}}}, "production": { {{{Comment}}}, "percentage": 5 } },
                "variants": { {{{Comment}}}, "a": { "weight": 1, {{{Comment}}}, "config": { "$comment": "data" } }, "b": { "weight": 1 } },
                "rolloutConfig": { "type": "custom", "schedule": [ { "after": 1000, "percentage": 5, {{{Comment}}} } ], {{{Comment}}},
                  "safetyThresholds": { {{{Comment}}}, "phases": { {{{Comment}}}, "canary": { {{{Comment}}} } } } },
                "experiment": { {{{Comment}}}, "control": "a", "primaryMetric": "m", "metrics": { {{{Comment}}}, "m": { "kind": "binary", {{{Comment}}} } } } } } } }
            """;

        // Both take a list's map only with true and false; a comment in it is still a comment.
        Assert.Empty(Layers.Errors(json));
        Assert.Empty(Schema.Validate(json));
        FlagDefinition flag = Layers.Definition("f", "Production", json);
        Assert.Equal(["alice"], flag.Whitelist);
        // What is in config is the application's.
        Assert.Equal([KeyValuePair.Create("$comment", (string?)"data")], flag.Variants[0].Config);
    }

    [Fact]
    public void Fields_AreThoseOfTheValidator_InAnyCase()
    {
        JsonNode definitions = JsonNode.Parse(System.IO.File.ReadAllText(File))!["definitions"]!;
        foreach ((string definition, string[] names) in new[]
        {
            ("actionTracing", SettingNames.Section), ("flag", SettingNames.Flag), ("overlay", SettingNames.Overlay), ("variant", SettingNames.Variant), ("rolloutConfig", SettingNames.Rollout),
            ("safetyThresholds", SettingNames.Thresholds), ("phases", SettingNames.Phases), ("phaseThresholds", SettingNames.Phase), ("experiment", SettingNames.Experiment),
            ("metric", SettingNames.Metric), ("featureFlagSettings", SettingNames.Settings), ("traceOutput", SettingNames.TraceOutput),
        })
        {
            JsonNode fields = definitions[definition]!;
            Assert.Equal(names.Order(StringComparer.Ordinal), fields["properties"]!.AsObject().Select(field => field.Key).Order(StringComparer.Ordinal));
            Assert.Equal(names.Length + 1, fields["patternProperties"]!.AsObject().Count); // and comments
            Assert.All(names, name => Assert.Equal(
                fields["properties"]![name]!["allOf"]![0]!.ToJsonString(),
                Assert.Single(fields["patternProperties"]!.AsObject(), pattern => System.Text.RegularExpressions.Regex.IsMatch(name.ToUpperInvariant(), pattern.Key)).Value!.ToJsonString()));
        }
    }

    [Fact]
    public void Defaults_AreThoseOfTheValidator()
    {
        using JsonDocument schema = JsonDocument.Parse(System.IO.File.ReadAllText(File));
        JsonElement definitions = schema.RootElement.GetProperty("definitions");
        string settings = string.Join(',', Defaults("featureFlagSettings"));
        string output = string.Join(',', Defaults("traceOutput"));
        string rollout = string.Join(',', Defaults("rolloutConfig"));

        FlagCatalog catalog = Layers.Read("Production", $$"""
            { "ActionTracing": {
              "featureFlagSettings": { {{settings}} }, "traceOutput": { {{output}} },
              "featureFlags": { "f": { "type": "boolean", "state": "disabled", "rolloutConfig": { {{rollout}} } } } } }
            """).Catalog;

        Assert.Equal(new FeatureFlagSettings(), catalog.Settings);
        Assert.Equal(new TraceOutputSettings(), catalog.TraceOutput);
        Assert.True(FlagFields.AreSame(
            catalog.Flags["f"],
            new FlagDefinition { Name = "f", Type = FlagType.Boolean, State = FlagState.Disabled, RolloutConfig = new() }));

        IEnumerable<string> Defaults(string definition) =>
            from field in definitions.GetProperty(definition).GetProperty("properties").EnumerateObject()
            where field.Value.TryGetProperty("default", out _)
            select $"\"{field.Name}\": {field.Value.GetProperty("default").GetRawText()}";
    }
}
