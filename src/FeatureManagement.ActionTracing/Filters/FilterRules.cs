using System.Globalization;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.State;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Filters;

/// <summary>
/// Reads the rules of ordinary feature flags that use our filters. An unreadable rule is off, with a warning: an
/// evaluation never throws.
/// </summary>
internal sealed partial class FilterRules(
    SnapshotSource source, EvaluationWarnings warnings, ILogger<FilterRules> logger,
    IHostEnvironment? environment = null)
{
    private static readonly FilterRule Never = new Constant(false);

    public FilterRule Percentage(IConfiguration parameters)
    {
        string? text = parameters["percentage"];
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal percentage)
            && percentage is >= 0 and <= 100)
            return new PercentageRule(percentage, Values(parameters, "whitelist"), Values(parameters, "groups"));
        LogUnreadable(PercentageFilter.Alias, "percentage", Quoted(text), "it must be between 0 and 100");
        return Never;
    }

    public static FilterRule Whitelist(IConfiguration parameters) =>
        new PercentageRule(0, Values(parameters, "whitelist"), Values(parameters, "groups"));

    public FilterRule EmergencyOff(IConfiguration parameters) => new NoEmergency(source, warnings, parameters["flag"]);

    public FilterRule DevelopmentState(IConfiguration parameters) => new Constant(environment?.IsDevelopment() ?? false);

    public FilterRule Hierarchy(IConfiguration parameters)
    {
        if (parameters["parent"] is { Length: > 0 } parent)
            return new ParentRule(source, warnings, parent);
        LogUnreadable(HierarchyFilter.Alias, "parent", Quoted(parameters["parent"]), "it must be the name of a flag");
        return Never;
    }

    private static string[] Values(IConfiguration parameters, string name) =>
        [.. parameters.GetSection(name).GetChildren().Select(ValueOf).OfType<string>()];

    // An entry of a list, or of a map of values to true.
    private static string? ValueOf(IConfigurationSection child) => child.Value switch
    {
        "true" or "True" => child.Key,
        "false" or "False" => null,
        var value => value,
    };

    private static string? Quoted(string? value)
    {
        if (value is null)
            return null;
        return ForeignText.Quote(value);
    }

    [LoggerMessage(EventIds.UnreadableFilter, LogLevel.Warning,
        "Filter '{Filter}': {Parameter} is '{Value}'; {Rule}. The filter is off.",
        EventName = "UnreadableFilter")]
    private partial void LogUnreadable(string filter, string parameter, string? value, string rule);

    private sealed class Constant(bool on) : FilterRule
    {
        public override bool IsOn(string feature, in Subject subject) => on;
    }

    /// <summary>Evaluates the feature as a flag in rollout, so that its buckets are those of docs/buckets.md.</summary>
    private sealed class PercentageRule(decimal percentage, IReadOnlyList<string> whitelist, IReadOnlyList<string> groups) : FilterRule
    {
        private CompiledFlag? _flag;

        public override bool IsOn(string feature, in Subject subject) => (_flag ??= Compile(feature)).Alone(subject).IsOn();

        private CompiledFlag Compile(string feature) => new(
            EffectiveFlag.Of(
                new FlagDefinition
                {
                    Name = feature,
                    Type = FlagType.Percentage,
                    State = FlagState.Rollout,
                    Percentage = percentage,
                    Whitelist = whitelist,
                    Groups = groups,
                },
                FlagSource.Configuration),
            parent: -1,
            development: false);
    }

    private sealed class NoEmergency(SnapshotSource source, EvaluationWarnings warnings, string? flag) : FilterRule
    {
        public override bool IsOn(string feature, in Subject subject)
        {
            FlagSnapshot snapshot = source.Current;
            if (flag is null)
                return !snapshot.IsEmergencyFlagOn(subject);
            if (snapshot.TryFind(flag, out CompiledFlag? named))
                return snapshot.Emergency(named, subject, out _) is null;
            // A kill switch that does not exist cannot be used, so the feature is off.
            warnings.UnknownFlag(flag, snapshot);
            return false;
        }
    }

    private sealed class ParentRule(SnapshotSource source, EvaluationWarnings warnings, string parent) : FilterRule
    {
        public override bool IsOn(string feature, in Subject subject)
        {
            FlagSnapshot snapshot = source.Current;
            if (snapshot.TryFind(parent, out CompiledFlag? flag))
                return snapshot.Decide(flag, subject).IsOn();
            warnings.UnknownFlag(parent, snapshot);
            return false;
        }
    }
}
