using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Configuration;

/// <summary>Each rule for one flag, with the whole sentence.</summary>
public sealed class FlagRuleTests
{
    private const string Known = "type, state, description, percentage, whitelist, groups, variants, parent, priority, telemetry, rolloutConfig, experiment, environments";
    private const string States = "disabled, development, canary, rollout, enabled, emergency_off";
    private const string Duration = "it must be a number of milliseconds or [d.]hh:mm:ss, between ";

    [Theory]
    [InlineData("'state': 'enabled'", "type is missing; it must be one of boolean, percentage, whitelist, multivariate.")]
    [InlineData("'type': 'boolean'", "state is missing; it must be one of " + States + ".")]
    [InlineData("'type': 'bolean', 'state': 'enabled'", "type is bolean; it must be one of boolean, percentage, whitelist, multivariate; did you mean boolean?")]
    [InlineData("'type': 'boolean', 'state': 'on'", "state is on; it must be one of " + States + ".")]
    [InlineData("'type': 'boolean', 'state': ''", "state is empty; it must be one of " + States + ".")]
    [InlineData("'type': ['boolean'], 'state': 'enabled'", "type is an object or a list; it must be a plain value.")]
    public void TypeAndState(string fields, string error) => Assert.Equal([$"Flag 'f': {error}"], Errors(fields));

    [Theory]
    [InlineData("140", "percentage is 140; it must be between 0 and 100.")]
    [InlineData("-0.1", "percentage is -0.1; it must be between 0 and 100.")]
    [InlineData("'NaN'", "percentage is NaN; it must be between 0 and 100.")]
    [InlineData("'half'", "percentage is half; it must be between 0 and 100.")]
    [InlineData("1e40", "percentage is 1e40; it must be between 0 and 100.")]
    [InlineData("''", "percentage is empty; it must be between 0 and 100.")]
    [InlineData("{ 'a': 1 }", "percentage is an object or a list; it must be a plain value.")]
    public void Percentage(string value, string error) => Assert.Equal([$"Flag 'f': {error}"], Errors($"'type': 'percentage', 'state': 'rollout', 'percentage': {value}"));

    [Theory]
    [InlineData("'whitelist': ['alice', '']", "whitelist has an empty id; remove it.")]
    [InlineData("'groups': ['']", "groups has an empty id; remove it.")]
    [InlineData("'whitelist': 'alice'", "whitelist is 'alice'; it must be a list, or a map of true and false.")]
    [InlineData("'whitelist': { 'alice': 'yes' }", "whitelist holds 'alice: yes'; in a map each value must be true or false.")]
    [InlineData("'whitelist': [true, false]", "whitelist is a list of true and false; it must be a list of values, or a map of values to true and false.")]
    [InlineData("'whitelist': [{ 'id': 'alice' }]", "whitelist holds '0:id: alice'; in a map each value must be true or false.")]
    [InlineData("'priority': 0", "priority is 0; it must be a whole number between 1 and 2147483647.")]
    [InlineData("'priority': 1.5", "priority is 1.5; it must be a whole number between 1 and 2147483647.")]
    [InlineData("'telemetry': 'maybe'", "telemetry is maybe; it must be true or false.")]
    [InlineData("'descritpion': ''", "descritpion is not a known field; did you mean description?")]
    [InlineData("'percentge': 5", "percentge is not a known field; did you mean percentage?")]
    [InlineData("'zzz': 5", "zzz is not a known field; known are " + Known + ".")]
    [InlineData("'environments': 'all'", "environments is 'all'; it must be an object with a field for each environment.")]
    [InlineData("'environments': { 'staging': 'off' }", "environments.staging is 'off'; it must be an object with fields.")]
    [InlineData("'environments': { 'staging': { 'percentage': 101 } }", "environments.staging.percentage is 101; it must be between 0 and 100.")]
    [InlineData("'environments': { 'staging': { 'sate': 'enabled' } }", "environments.staging.sate is not a known field; did you mean state?")]
    [InlineData("'environments': { 'staging': { 'rolloutConfig': { 'durations': 1 } } }", "environments.staging.rolloutConfig.durations is not a known field; did you mean duration?")]
    [InlineData("'environments': { 'staging': { 'environments': { 'dev': {} } } }", "environments.staging.environments is not a known field; an overlay has no overlays.")]
    [InlineData("'variants': { 'a': { 'weight': 0 } }", "variants.a.weight is 0; it must be a number greater than 0 and at most 1000000000000.")]
    [InlineData("'variants': { 'a': { 'weight': 'NaN' } }", "variants.a.weight is NaN; it must be a number greater than 0 and at most 1000000000000.")]
    [InlineData("'variants': { 'a': { 'config': { 'x': 1 } } }", "variants.a.weight is missing; it must be a number greater than 0.")]
    [InlineData("'variants': { 'a': 1 }", "variants.a is '1'; it must be an object with fields.", "variants.a.weight is missing; it must be a number greater than 0.")]
    [InlineData("'variants': { 'a': { 'weight': 1, 'wait': 2 } }", "variants.a.wait is not a known field; known are weight, config.")]
    public void OtherFields(string fields, params string[] errors) =>
        Assert.Equal(errors.Select(error => $"Flag 'f': {error}"), Errors("'type': 'boolean', 'state': 'enabled', " + fields));

    [Fact]
    public void Multivariate_WithoutVariants() =>
        Assert.Equal(["Flag 'f': variants is missing; a multivariate flag must have at least one."], Errors("'type': 'multivariate', 'state': 'enabled', 'variants': {}"));

    [Fact]
    public void EmergencyFlag_IsBooleanAndNotEmergencyOff()
    {
        Assert.Equal(
            ["Flag 'f': priority makes this an emergency flag, which must be boolean; its type is percentage."],
            Errors("'type': 'percentage', 'state': 'enabled', 'priority': 1"));
        Assert.Equal(
            ["Flag 'f': state is emergency_off; to turn an emergency flag off, use disabled."],
            Errors("'type': 'boolean', 'state': 'emergency_off', 'priority': 1"));
    }

    [Theory]
    [InlineData("'type': 'lineal'", "type is lineal; it must be one of linear, exponential, stepped, custom; did you mean linear?")]
    [InlineData("'duration': 0", "duration is 0; " + Duration + "00:00:00.0010000 and 3650.00:00:00.")]
    [InlineData("'duration': '1:30'", "duration is 1:30; " + Duration + "00:00:00.0010000 and 3650.00:00:00.")]
    [InlineData("'duration': '24:00:00'", "duration is 24:00:00; " + Duration + "00:00:00.0010000 and 3650.00:00:00.")]
    [InlineData("'startPercentage': -1", "startPercentage is -1; it must be between 0 and 100.")]
    [InlineData("'targetPercentage': 101", "targetPercentage is 101; it must be between 0 and 100.")]
    [InlineData("'startPercentage': 50, 'targetPercentage': 50", "targetPercentage is 50; it must be above startPercentage, which is 50.")]
    [InlineData("'type': 'stepped', 'targetPercentage': 100, 'checkpoints': [10, 20]", "targetPercentage is 100, and the last of checkpoints is 20; both must be the same: leave targetPercentage out, or end the list with it.")]
    [InlineData("'type': 'custom', 'targetPercentage': 20, 'schedule': [{ 'after': 5, 'percentage': 50 }]", "targetPercentage is 20, and the last of schedule is 50; both must be the same: leave targetPercentage out, or end the list with it.")]
    [InlineData("'type': 'stepped', 'startPercentage': 30, 'checkpoints': [10, 20]", "targetPercentage is 20; it must be above startPercentage, which is 30.")]
    [InlineData("'type': 'stepped', 'targetPercentage': 100, 'checkpoints': [10, 101]", "checkpoints holds 101; each must be between 0 and 100.")]
    [InlineData("'type': 'custom', 'targetPercentage': 100, 'schedule': [{ 'after': 5, 'percentage': 10 }, { 'after': 6, 'percentage': 5 }]", "schedule[1] goes down or back in time; times and percentages must rise from entry to entry.")]
    [InlineData("'checkpoints': [10, 5]", "checkpoints goes down from 10 to 5; it must rise.")]
    [InlineData("'checkpoints': [10, 101]", "checkpoints holds 101; each must be between 0 and 100.")]
    [InlineData("'checkpoints': [10, null]", "checkpoints holds an empty value; each must be between 0 and 100.")]
    [InlineData("'checkpoints': []", "checkpoints is empty; it must have at least one.")]
    [InlineData("'type': 'custom'", "schedule is missing; a custom rollout must have one.")]
    [InlineData("'schedule': []", "schedule is empty; it must have at least one entry.")]
    [InlineData("'schedule': [{ 'after': 0, 'percentage': 101 }]", "schedule[0].percentage is 101; it must be between 0 and 100.")]
    [InlineData("'schedule': [{ 'after': 'soon', 'percentage': 1 }]", "schedule[0].after is soon; it must be a number of milliseconds or [d.]hh:mm:ss.")]
    [InlineData("'schedule': [{ 'percentage': 1 }]", "schedule[0].after is missing; it must be a number of milliseconds or [d.]hh:mm:ss.")]
    [InlineData("'schedule': [{ 'after': 0, 'percentage': 10 }, { 'after': 1, 'percentage': 5 }]", "schedule[1] goes down or back in time; times and percentages must rise from entry to entry.")]
    [InlineData("'schedule': [{ 'after': 5, 'percentage': 10 }, { 'after': 5, 'percentage': 15 }]", "schedule[1] goes down or back in time; times and percentages must rise from entry to entry.")]
    [InlineData("'schedule': [{ 'after': 5, 'percentage': 10, 'then': 1 }]", "schedule[0].then is not a known field; known are after, percentage.")]
    [InlineData("'schedule': 'later'", "schedule is 'later'; it must be a list of objects.")]
    [InlineData("'startAt': 'tomorrow'", "startAt is tomorrow; it must be a time in ISO 8601 with an offset, as 2026-12-01T09:00:00Z, in a year from 1900 to 2199.")]
    [InlineData("'startAt': '2026-12-01T09:00:00'", "startAt is 2026-12-01T09:00:00; it must be a time in ISO 8601 with an offset, as 2026-12-01T09:00:00Z, in a year from 1900 to 2199.")]
    [InlineData("'startAt': '9999-12-31T23:59:59Z'", "startAt is 9999-12-31T23:59:59Z; it must be a time in ISO 8601 with an offset, as 2026-12-01T09:00:00Z, in a year from 1900 to 2199.")]
    [InlineData("'startAt': '0001-01-01T00:00:00+14:00'", "startAt is 0001-01-01T00:00:00+14:00; it must be a time in ISO 8601 with an offset, as 2026-12-01T09:00:00Z, in a year from 1900 to 2199.")]
    [InlineData("'rollbackTo': 'before'", "rollbackTo is before; it must be one of previous, disabled.")]
    [InlineData("'alpha': 0", "alpha is 0; it must be greater than 0 and less than 1.")]
    [InlineData("'alpha': 'Infinity'", "alpha is Infinity; it must be greater than 0 and less than 1.")]
    [InlineData("'maxErrorRateIncrease': -1", "maxErrorRateIncrease is -1; it must be between 0 and 100.")]
    [InlineData("'maxLatencyIncrease': 'NaN'", "maxLatencyIncrease is NaN; it must be between 0 and 100.")]
    [InlineData("'slowThreshold': '2.00:00:00'", "slowThreshold is 2.00:00:00; " + Duration + "00:00:00.0010000 and 1.00:00:00.")]
    [InlineData("'maxHold': -1", "maxHold is -1; " + Duration + "00:00:00 and 3650.00:00:00.")]
    [InlineData("'guard': 2", "guard is 2; it must be true or false.")]
    [InlineData("'autoStart': 'soon'", "autoStart is soon; it must be true or false.")]
    [InlineData("'safetyThresholds': { 'maxErrorRate': 2 }", "safetyThresholds.maxErrorRate is 2; it must be between 0 and 1.")]
    [InlineData("'safetyThresholds': { 'maxLatency': 'slow' }", "safetyThresholds.maxLatency is slow; " + Duration + "00:00:00 and 1.00:00:00.")]
    [InlineData("'safetyThresholds': { 'thresholdWindow': 1 }", "safetyThresholds.thresholdWindow is 1; " + Duration + "00:00:01 and 1.00:00:00.")]
    [InlineData("'safetyThresholds': { 'minimumSamples': -1 }", "safetyThresholds.minimumSamples is -1; it must be a whole number between 0 and 2147483647.")]
    [InlineData("'safetyThresholds': { 'phases': { 'cannary': {} } }", "safetyThresholds.phases.cannary is not a known field; did you mean canary?")]
    [InlineData("'safetyThresholds': { 'maxErrorRateWithoutControl': 0 }", "safetyThresholds.maxErrorRateWithoutControl is 0; it must be between 0.001 and 1.")]
    [InlineData("'safetyThresholds': { 'maxErrorRateWithoutControl': '1.01' }", "safetyThresholds.maxErrorRateWithoutControl is 1.01; it must be between 0.001 and 1.")]
    [InlineData("'safetyThresholds': { 'phases': { 'canary': { 'maxErrorRateWithoutControl': 0.5 } } }", "safetyThresholds.phases.canary.maxErrorRateWithoutControl is not a known field; known are maxErrorRate, maxLatency, minimumSamples.")]
    [InlineData("'safetyThresholds': { 'phases': { 'majority': { 'maxErrorRate': 5 } } }", "safetyThresholds.phases.majority.maxErrorRate is 5; it must be between 0 and 1.")]
    [InlineData("'safetyThresholds': { 'phases': { 'gradual': { 'thresholdWindow': 5000 } } }", "safetyThresholds.phases.gradual.thresholdWindow is not a known field; known are maxErrorRate, maxLatency, minimumSamples.")]
    public void RolloutConfig(string fields, string error) =>
        Assert.Equal([$"Flag 'f': rolloutConfig.{error}"], Errors($"'type': 'percentage', 'state': 'disabled', 'rolloutConfig': {{ {fields} }}"));

    [Theory]
    [InlineData("'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary' } }", "control is missing; it must name a variant.")]
    [InlineData("'control': 'b', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary' } }", "control is b, and there is no such variant; did you mean a?")]
    [InlineData("'control': 'a', 'metrics': { 'm': { 'kind': 'binary' } }", "primaryMetric is missing; it must name a metric.")]
    [InlineData("'control': 'a', 'primaryMetric': 'sales', 'metrics': { 'm': { 'kind': 'binary' } }", "primaryMetric is sales, and there is no such metric; known are m.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': {} }", "metrics.m.kind is missing; it must be one of binary, continuous.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'unary' } }", "metrics.m.kind is unary; it must be one of binary, continuous; did you mean binary?")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary', 'role': 'main' } }", "metrics.m.role is main; it must be one of primary, secondary, guardrail.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'a': { 'kind': 'binary', 'role': 'primary' }, 'm': { 'kind': 'binary' } }", "metrics.a.role is primary, and primaryMetric is m; make it secondary or guardrail.")]
    [InlineData("'control': 'a', 'primaryMetric': 'M', 'metrics': { 'm': { 'kind': 'binary', 'role': 'guardrail' } }", "metrics.m.role is guardrail, and it is the primaryMetric; make it primary, or name another primaryMetric.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary', 'role': 'secondary' } }", "metrics.m.role is secondary, and it is the primaryMetric; make it primary, or name another primaryMetric.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary', 'higherIsBetter': 'x' } }", "metrics.m.higherIsBetter is x; it must be true or false.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary', 'window': 0 } }", "metrics.m.window is 0; " + Duration + "00:00:00.0010000 and 3650.00:00:00.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'continuous', 'cap': 'much' } }", "metrics.m.cap is much; it must be between -1000000000000000 and 1000000000000000.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary' } }, 'plannedUnits': 0", "plannedUnits is 0; it must be a whole number between 1 and 2147483647.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary' } }, 'alpha': 1", "alpha is 1; it must be greater than 0 and less than 1.")]
    [InlineData("'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary' } }, 'planedUnits': 5", "planedUnits is not a known field; did you mean plannedUnits?")]
    public void Experiment(string fields, string error) =>
        Assert.Equal([$"Flag 'f': experiment.{error}"], Errors($"'type': 'multivariate', 'state': 'disabled', 'variants': {{ 'a': {{ 'weight': 1 }}, 'z': {{ 'weight': 1 }} }}, 'experiment': {{ {fields} }}"));

    [Theory]
    [InlineData("'type': 'boolean'", "compares the variants of a multivariate flag, and this one is boolean; make it multivariate, or remove the experiment.")]
    [InlineData("'type': 'multivariate'", "compares variants, and there is only one; add another.")]
    public void Experiment_WithNothingToCompare(string type, string error) =>
        Assert.Equal([$"Flag 'f': experiment {error}"], Errors(type + ", 'state': 'disabled', 'variants': { 'a': { 'weight': 1 } }, 'experiment': { 'control': 'a', 'primaryMetric': 'm', 'metrics': { 'm': { 'kind': 'binary' } } }"));

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\\\b")]
    [InlineData("a\\u0007b")]
    public void Name_WithAForbiddenCharacter(string name)
    {
        string error = Assert.Single(Layers.Errors(Layers.Flags($$"""{{'"'}}{{name}}": { "type": "boolean", "state": "enabled" }""")));

        Assert.EndsWith("has a name with a control character, '/', '\\' or ':'; choose another.", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public void Name_ThatIsAPath(string name) =>
        Assert.Equal([$"Flag '{name}' has a name that is a path; choose another."], Layers.Errors(Layers.Flags(Layers.Flag(name))));

    [Fact]
    public void Name_Lengths()
    {
        Assert.Empty(Layers.Errors(Layers.Flags(Layers.Flag(new string('n', 200)))));
        Assert.Equal(
            [$"Flag '{new string('n', 100)}… (201 characters)' has a name of 201 characters; it must have between 1 and 200."],
            Layers.Errors(Layers.Flags(Layers.Flag(new string('n', 201)))));
    }

    [Theory]
    [InlineData("ünïcödé")]
    [InlineData("功能_标志")]
    [InlineData("вкл.новое")]
    [InlineData("🚀 launch")]
    public void Name_InAnyScript_IsFine(string name) => Assert.Empty(Layers.Errors(Layers.Flags(Layers.Flag(name))));

    [Fact]
    public void Name_WithAColon_IsSeenAsAField() =>
        Assert.NotEmpty(Layers.Errors(Layers.Flags(Layers.Flag("a:b"))));

    [Fact]
    public void AllErrors_AtOnce() =>
        Assert.Equal(
            [
                "Flag 'f': type is bolean; it must be one of boolean, percentage, whitelist, multivariate; did you mean boolean?",
                "Flag 'f': percentage is 140; it must be between 0 and 100.",
                "Flag 'f': rolloutConfig.duration is never; it must be a number of milliseconds or [d.]hh:mm:ss, between 00:00:00.0010000 and 3650.00:00:00.",
                "Flag 'f': rolloutConfig.safetyThresholds.maxErrorRate is 7; it must be between 0 and 1.",
                "Flag 'f': environments.production.percentage is -1; it must be between 0 and 100.",
                "Flag 'g': state is missing; it must be one of " + States + ".",
                "Flag 'g': parent is nothing, and there is no such flag; define it, or remove the parent.",
            ],
            Layers.Errors(Layers.Flags("""
                "f": {
                  "type": "bolean", "state": "enabled", "percentage": 140, "rolloutConfig": { "duration": "never", "safetyThresholds": { "maxErrorRate": 7 } },
                  "environments": { "production": { "percentage": -1 } }
                },
                "g": { "type": "boolean", "parent": "nothing" }
                """)));

    [Fact]
    public void WhatTheTypeOfARolloutDoesNotGoBy_IsAWarning()
    {
        CatalogWarnings("'rolloutConfig': { 'checkpoints': [10, 20] }", "Flag 'f': rolloutConfig.checkpoints have no effect: only a stepped rollout has them, and type is linear.");
        CatalogWarnings("'rolloutConfig': { 'type': 'stepped', 'schedule': [{ 'after': 60000, 'percentage': 50 }] }", "Flag 'f': rolloutConfig.schedule has no effect: only a custom rollout has one, and type is stepped.");
        CatalogWarnings(
            "'rolloutConfig': { 'type': 'custom', 'duration': '02:00:00', 'schedule': [{ 'after': 60000, 'percentage': 50 }] }",
            "Flag 'f': rolloutConfig.duration is 02:00:00 and has no effect: a custom rollout takes until the last time of its schedule, which is 00:01:00.");
        CatalogWarnings("'rolloutConfig': { 'type': 'custom', 'duration': '00:01:00', 'schedule': [{ 'after': 60000, 'percentage': 50 }] }");
        CatalogWarnings("'rolloutConfig': { 'type': 'stepped', 'checkpoints': [10, 20] }");
    }

    [Fact]
    public void ShortRollout_IsAWarning()
    {
        CatalogWarnings("'rolloutConfig': { 'duration': 59999 }", "Flag 'f': rolloutConfig.duration is 00:00:59.9990000; a rollout shorter than a minute sees hardly any traffic.");
        CatalogWarnings("'rolloutConfig': { 'duration': 60000 }");
        // What holds is what counts.
        CatalogWarnings("'rolloutConfig': { 'duration': 1 }, 'environments': { 'production': { 'rolloutConfig': { 'duration': '01:00:00' } } }");
    }

    private static void CatalogWarnings(string fields, params string[] warnings) =>
        Assert.Equal(warnings, Layers.Read("Production", Layers.Flags(Layers.Flag("f", fields.Replace('\'', '"')))).Warnings);

    private static IReadOnlyList<string> Errors(string fields) => Layers.Errors(Layers.Flags($$"""  "f": { {{fields.Replace('\'', '"')}} } """));
}
