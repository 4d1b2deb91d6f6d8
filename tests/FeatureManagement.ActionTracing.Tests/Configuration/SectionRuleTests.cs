using System.Globalization;
using System.Text;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>The rules of the section, of its settings and between flags, with the whole sentence.</summary>
public sealed class SectionRuleTests
{
    [Theory]
    [InlineData("'featureFlag': {}", "ActionTracing.featureFlag is not a known field; did you mean featureFlags?")]
    [InlineData("'featureFlags': 5, 'traceOutput': 5", "ActionTracing.featureFlags is '5'; it must be an object with a field for each flag.", "ActionTracing.traceOutput is '5'; it must be an object with fields.")]
    [InlineData("'featureFlags': 'all'", "ActionTracing.featureFlags is 'all'; it must be an object with a field for each flag.")]
    [InlineData("'featureFlagSettings': { 'cachTtl': 1 }", "ActionTracing.featureFlagSettings.cachTtl is not a known field; did you mean cacheTtl?")]
    [InlineData("'featureFlagSettings': { 'cacheTtl': 0 }", "ActionTracing.featureFlagSettings.cacheTtl is 0; it must be a number of milliseconds or [d.]hh:mm:ss, between 00:00:00.0010000 and 1.00:00:00.")]
    [InlineData("'featureFlagSettings': { 'defaultTimeout': 'long' }", "ActionTracing.featureFlagSettings.defaultTimeout is long; it must be a number of milliseconds or [d.]hh:mm:ss, between 00:00:00.0010000 and 1.00:00:00.")]
    [InlineData("'featureFlagSettings': { 'cacheEnabled': 'yes' }", "ActionTracing.featureFlagSettings.cacheEnabled is yes; it must be true or false.")]
    [InlineData("'featureFlagSettings': 5", "ActionTracing.featureFlagSettings is '5'; it must be an object with fields.")]
    [InlineData("'traceOutput': { 'maxFiles': 0 }", "ActionTracing.traceOutput.maxFiles is 0; it must be a whole number between 1 and 2147483647.")]
    [InlineData("'traceOutput': { 'directory': '' }", "ActionTracing.traceOutput.directory is empty; it must name a directory.")]
    [InlineData("'traceOutput': { 'dir': 'x' }", "ActionTracing.traceOutput.dir is not a known field; known are directory, maxFileSize, maxFiles, queueLength.")]
    public void Section(string content, params string[] errors) =>
        Assert.Equal(errors, Layers.Errors($$"""{ "ActionTracing": { {{content.Replace('\'', '"')}} } }"""));

    [Fact]
    public void Section_ThatIsNoObject()
    {
        Assert.Equal(["ActionTracing is 'True'; it must be an object with fields."], Layers.Errors("""{ "actiontracing": true }"""));
        Assert.Equal(
            ["ActionTracing is '5'; it must be an object with fields."],
            FeatureFlagConfigurationValidator.Validate(Layers.Of("""{ "App": { "ActionTracing": 5 } }""").GetSection("App"), "Production").Errors);
    }

    [Fact]
    public void Settings_AllOfThem()
    {
        FlagCatalog catalog = Layers.Read("Production", """
            { "actionTracing": {
              "featureFlagSettings": {
                "auditFlagEvaluations": true, "evaluationAuditRetention": "1.00:00:00", "auditRetention": "30.00:00:00", "defaultTimeout": "250", "cacheEnabled": "False",
                "cacheTtl": "00:00:30.5", "safetyInterval": 1000, "progressionInterval": "00:02:00", "storePollInterval": 500, "maxStoreSize": "5000000000" },
              "traceOutput": { "directory": "logs", "maxFileSize": 5000000000, "maxFiles": "3", "queueLength": 7 } } }
            """).Catalog;

        Assert.Equal(
            new FeatureFlagSettings
            {
                AuditFlagEvaluations = true,
                EvaluationAuditRetention = TimeSpan.FromDays(1),
                AuditRetention = TimeSpan.FromDays(30),
                DefaultTimeout = TimeSpan.FromMilliseconds(250),
                CacheEnabled = false,
                CacheTtl = TimeSpan.FromSeconds(30.5),
                SafetyInterval = TimeSpan.FromSeconds(1),
                ProgressionInterval = TimeSpan.FromMinutes(2),
                StorePollInterval = TimeSpan.FromMilliseconds(500),
                MaxStoreSize = 5_000_000_000,
            },
            catalog.Settings);
        Assert.Equal(new TraceOutputSettings { Directory = "logs", MaxFileSize = 5_000_000_000, MaxFiles = 3, QueueLength = 7 }, catalog.TraceOutput);
    }

    [Fact]
    public void Parent_Unknown_IsSuggested()
    {
        Assert.Equal(
            ["Flag 'b': parent is chekout, and there is no such flag; did you mean checkout?"],
            Layers.Errors(Layers.Flags(Layers.Flag("checkout") + "," + Layers.Flag("b", "\"parent\": \"chekout\""))));
        Assert.Equal(
            ["Flag 'b': environments.staging.parent is nobody, and there is no such flag; define it, or remove the parent."],
            Layers.Errors(Layers.Flags(Layers.Flag("b", """ "environments": { "staging": { "parent": "nobody" } } """))));
    }

    [Fact]
    public void Parent_InAnyCase_OrBuiltIn_OrTakenAway_IsFine() =>
        Assert.Empty(Layers.Errors(Layers.Flags(string.Join(
            ',',
            Layers.Flag("a"),
            Layers.Flag("b", "\"parent\": \"A\""),
            Layers.Flag("c", "\"parent\": \"Action_Tracing_Enabled\""),
            Layers.Flag("d", """ "parent": "b", "environments": { "production": { "parent": "" } } """)))));

    [Fact]
    public void Cycle_IsPrinted()
    {
        Assert.Equal(
            ["Flag 'a': parent makes a cycle: a → b → c → a; remove the parent from one of them."],
            Layers.Errors(Layers.Flags(string.Join(
                ',', Layers.Flag("below", "\"parent\": \"a\""), Layers.Flag("a", "\"parent\": \"B\""), Layers.Flag("b", "\"parent\": \"c\""), Layers.Flag("c", "\"parent\": \"a\"")))));
        Assert.Equal(["Flag 'a': parent makes a cycle: a → a; remove the parent from one of them."], Layers.Errors(Layers.Flags(Layers.Flag("a", "\"parent\": \"A\""))));
    }

    [Fact]
    public void Cycle_OfAnEnvironmentOnly_IsFoundThere()
    {
        string file = Layers.Flags(Layers.Flag("a") + "," + Layers.Flag("b", "\"parent\": \"a\""));
        Assert.Empty(Layers.Errors(file));

        string overlay = Layers.Flags(""" "a": { "environments": { "staging": { "parent": "b" } } } """);
        Assert.Empty(FeatureFlagConfigurationValidator.Validate(Layers.Of(file, overlay), "Production").Errors);
        Assert.Equal(
            ["Flag 'a': parent makes a cycle: a → b → a; remove the parent from one of them."],
            FeatureFlagConfigurationValidator.Validate(Layers.Of(file, overlay), "Staging").Errors);
    }

    [Fact]
    public void Names_ThatDifferOnlyByCase_InOneFile()
    {
        Assert.Equal(
            ["Flag 'Checkout' is defined twice, as 'Checkout' and as 'checkout'; names that differ only by case are the same, so rename or remove one."],
            Layers.Errors(Layers.Flags(""" "Checkout": { "type": "boolean", "state": "enabled" }, "other": { "type": "boolean", "state": "enabled" }, "checkout": { "percentage": 5 } """)));
        // In two files it is one flag with an overlay.
        Assert.Empty(Layers.Errors(Layers.Flags(Layers.Flag("Checkout")), Layers.Flags(""" "CHECKOUT": { "percentage": 5 } """)));
    }

    [Fact]
    public void Chains_OfTenThousandParents_AndCyclesAsLong_AreRead()
    {
        Assert.Empty(Layers.Errors(Chain(10_000, last: null)));

        string error = Assert.Single(Layers.Errors(Chain(10_000, last: "f0")));
        Assert.Equal("Flag 'f0': parent makes a cycle: f0 → f1 → f2 → f3 → f4 → f5 → f6 → f7 → f8 → … 9990 more … → f9999 → f0; remove the parent from one of them.", error);

        IReadOnlyList<string> errors = Layers.Errors(Chain(10_000, last: "nobody"));
        Assert.Equal(["Flag 'f9999': parent is nobody, and there is no such flag; define it, or remove the parent."], errors);
    }

    [Fact]
    public void Paths_OfAnyDepth_AreRead()
    {
        IConfigurationRoot configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ActionTracing:featureFlags:f:" + string.Join(':', Enumerable.Repeat("deep", 100_000))] = "x",
            ["ActionTracing:featureFlags:f:environments:dev:environments:dev:environments:dev"] = "x",
            ["ActionTracing:featureFlags::state"] = "enabled",
        }).Build();

        IReadOnlyList<string> errors = FeatureFlagConfigurationValidator.Validate(configuration, "Production").Errors;

        Assert.Contains(errors, error => error.StartsWith("Flag 'f': deep is not a known field", StringComparison.Ordinal));
        Assert.Contains("Flag '' has a name of 0 characters; it must have between 1 and 200.", errors);
    }

    [Fact]
    public void ManyUnknownParents_AreNamedInReasonableTime()
    {
        var flags = new StringBuilder(Layers.Flag("root"));
        for (int i = 0; i < 10_000; i++)
            flags.Append(',').Append(Layers.Flag($"flag_number_{i}", $"\"parent\": \"parent_number_{i}\""));

        Assert.Equal(10_000, Layers.Errors(Layers.Flags(flags.ToString())).Count);
    }

    [Fact]
    public void Missing_IsAWarning()
    {
        foreach (string content in new[] { "{}", """{ "ActionTracing": {} }""", """{ "ActionTracing": { "featureFlags": {} } }""" })
        {
            FeatureFlagConfigurationValidation found = FeatureFlagConfigurationValidator.Validate(Layers.Of(content), "Production");
            Assert.True(found.IsValid);
            Assert.Equal(["ActionTracing.featureFlags is missing or empty; only the built-in flags are there."], found.Warnings);
        }
    }

    [Fact]
    public void Validate_TheSectionItself_OrAbove_IsTheSame()
    {
        IConfigurationRoot root = Layers.Of(Layers.Flags(Layers.Flag("a", "\"percentage\": 101")));
        Assert.Single(FeatureFlagConfigurationValidator.Validate(root, "Production").Errors);
        Assert.Single(FeatureFlagConfigurationValidator.Validate(root.GetSection("actionTracing"), "Production").Errors);
        Assert.Single(FeatureFlagConfigurationValidator.Validate(new ConfigurationBuilder().AddConfiguration(root).Build(), "Production").Errors);

        IConfigurationRoot below = Layers.Of($$"""{ "App": {{Layers.Flags(Layers.Flag("a", "\"percentage\": 101"))}} }""");
        Assert.Single(FeatureFlagConfigurationValidator.Validate(below.GetSection("App"), "Production").Errors);
        Assert.Single(FeatureFlagConfigurationValidator.Validate(new ConfigurationBuilder().AddConfiguration(below.GetSection("App")).Build(), "Production").Errors);
    }

    private static string Chain(int length, string? last)
    {
        var flags = new StringBuilder();
        for (int i = 0; i < length; i++)
        {
            string? parent = i < length - 1 ? string.Create(CultureInfo.InvariantCulture, $"f{i + 1}") : last;
            flags.Append(i == 0 ? "" : ",").Append(Layers.Flag($"f{i}", parent is null ? "" : $"\"parent\": \"{parent}\""));
        }
        return Layers.Flags(flags.ToString());
    }
}
