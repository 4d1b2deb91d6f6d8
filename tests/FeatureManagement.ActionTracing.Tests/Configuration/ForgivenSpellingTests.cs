using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>What is written a little otherwise than meant: blanks around words, lists with gaps, seconds where milliseconds are.</summary>
public sealed class ForgivenSpellingTests
{
    private const string Prefix = "CONFIG_TESTS_";

    [Fact]
    public void BlanksAndNewlines_AroundWordsNumbersAndDurations_AreIgnored()
    {
        FlagDefinition flag = Layers.Definition("f", "Production", Layers.Flags("""
            "f": {
              "type": " percentage ", "state": "emergency-off\n", "percentage": " 5\n", "telemetry": "true\r\n",
              "rolloutConfig": { "type": "stepped\t", "duration": " 02:00:00\n", "startAt": " 2026-12-01T09:00:00Z\n", "rollbackTo": "disabled ", "maxHold": "60000\n" } }
            """));

        Assert.Equal((FlagType.Percentage, FlagState.EmergencyOff, 5m, true), (flag.Type, flag.State, flag.Percentage, flag.Telemetry));
        Assert.Equal(
            (RolloutType.Stepped, TimeSpan.FromHours(2), RollbackTarget.Disabled, TimeSpan.FromMinutes(1)),
            (flag.RolloutConfig!.Type, flag.RolloutConfig.Duration, flag.RolloutConfig.RollbackTo, flag.RolloutConfig.MaxHold));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 9, 0, 0, TimeSpan.Zero), flag.RolloutConfig.StartAt);
    }

    [Theory]
    [InlineData("whitelist__2", "whitelist")]
    [InlineData("groups__1", "groups")]
    [InlineData("environments__staging__whitelist__7", "environments.staging.whitelist")]
    public void AnEnvironmentVariable_ThatReplacesAListByOneValue_IsAWarning(string field, string path)
    {
        string name = $"{Prefix}ActionTracing__featureFlags__f__{field}";
        Environment.SetEnvironmentVariable(name, "carol");
        try
        {
            IConfigurationRoot configuration = new ConfigurationBuilder()
                .AddConfiguration(Layers.Of(Layers.Flags(Layers.Flag("f", """ "whitelist": ["alice", "bob"], "groups": ["staff", "beta"] """))))
                .AddEnvironmentVariables(Prefix)
                .Build();
            FeatureFlagConfigurationValidation found = FeatureFlagConfigurationValidator.Validate(configuration, "Production");

            Assert.Empty(found.Errors);
            Assert.Equal(
                [$"Flag 'f': {path} has only the indices {field.Split("__")[^1]}; a list is taken whole from the last provider that has one, so this one replaces all values of the others. "
                    + "To add a value, write it as a map of values to true."],
                found.Warnings);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Theory]
    [InlineData(""" "whitelist": ["alice", "bob"], "groups": [], "environments": { "staging": { "whitelist": ["carol"] } } """)]
    [InlineData(""" "whitelist": { "42": true, "alice": false }, "groups": { "7": true } """)]
    [InlineData(""" "rolloutConfig": { "type": "stepped", "checkpoints": [5, 100] } """)]
    public void ListsWithoutGaps_AndMapsOfNumbers_AreNone(string fields) =>
        Assert.Empty(FeatureFlagConfigurationValidator.Validate(Layers.Of(Layers.Flags(Layers.Flag("f", fields))), "Production").Warnings);

    [Theory]
    [InlineData("5", "00:00:00.0050000")]
    [InlineData("'00:00:00.05'", "00:00:00.0500000")]
    [InlineData("100", null)]
    public void ATimeoutOfFewMilliseconds_IsAWarning(string timeout, string? shown)
    {
        FeatureFlagConfigurationValidation found = FeatureFlagConfigurationValidator.Validate(
            Layers.Of($$"""{ "ActionTracing": { "featureFlags": { {{Layers.Flag("f")}} }, "featureFlagSettings": { "defaultTimeout": {{timeout.Replace('\'', '"')}} } } }"""), "Production");

        Assert.Empty(found.Errors);
        Assert.Equal(
            shown is null ? [] : [$"ActionTracing.featureFlagSettings.defaultTimeout is {shown}; below 100 ms calls to a store often fail. A number is milliseconds: write 5000 for five seconds."],
            found.Warnings);
    }
}
