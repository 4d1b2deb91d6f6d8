using System.Globalization;
using FeatureManagement.ActionTracing.Tests.Rollouts;

namespace FeatureManagement.ActionTracing.Tests.Storage;

/// <summary>What a host answers, one line each: flags, rollouts, an experiment and both audits.</summary>
internal static class UpgradeAnswers
{
    private static readonly string[] Rollouts = ["checkout", "search", "delivery", "gift", "later"];

    public static async Task<string[]> OfAsync(RolloutHost host)
    {
        string[] lines =
        [
            .. host.Flags.GetAllFlags().SelectMany(flag => FlagLines(host.Flags, flag)),
            .. Rollouts.Select(flag => RolloutLine(host.Rollouts.GetStatus(flag)!)), // each has or had one
            .. ExperimentLines((await host.Get<IExperimentResults>().GetAsync("banner"))!), // it was begun
            await AuditLineAsync(host.Get<IAuditLog>()),
            await EvaluationLineAsync(host.Get<IEvaluationAudit>()),
        ];
        return [.. lines.Select(line => line.TrimEnd())];
    }

    private static IEnumerable<string> FlagLines(IFeatureFlagManager flags, FlagStatus status)
    {
        FlagDefinition flag = status.Definition;
        yield return Line($"flag {flag.Name}: {flag.State} {flag.Percentage:0.####} % {status.Source} version {status.Version} ")
            + Line($"{status.LastModified:O} {status.Emergency?.Actor} {status.Emergency?.Reason}");
        if (status.Source != FlagSource.BuiltIn)
            yield return $"answers {flag.Name}: " + string.Join(' ', Enumerable.Range(0, 40).Select(user => Answer(flags, flag.Name, $"user{user}")));
    }

    private static string Answer(IFeatureFlagManager flags, string flag, string user)
    {
        FlagEvaluation answer = flags.Evaluate(flag, new FeatureFlagContext { UserId = user });
        return $"{(answer.IsEnabled ? "on" : "off")}/{answer.Variant}/{answer.Reason}";
    }

    private static string RolloutLine(RolloutStatus status) =>
        Line($"rollout {status.Flag}: {status.Id} {status.Phase} {status.CurrentPercentage:0.####} % of {status.TargetPercentage:0.####} % ")
        + Line($"monitored {status.MonitoredTime:c} units {status.ExposedUnits} {status.ControlUnits} ")
        + Line($"errors {status.Errors?.Exposed:R} {status.Errors?.Control:R} p {status.Errors?.PValue:R} ")
        + Line($"steps {status.History.Count} {status.Actor}");

    private static IEnumerable<string> ExperimentLines(ExperimentResult result)
    {
        yield return Line($"experiment {result.Flag}: run {result.Run} since {result.Started:O} units {result.Units} {result.Verdict}");
        foreach (ExperimentMetricResult metric in result.Metrics)
            yield return $"metric {metric.Name}: " + string.Join(", ", metric.Variants.Select(arm => Line($"{arm.Variant} {arm.Units} {arm.Mean:R}")));
    }

    private static async Task<string> AuditLineAsync(IAuditLog audit)
    {
        IReadOnlyList<AuditEntry> entries = await audit.QueryAsync(new AuditQuery { Take = 200, OldestFirst = true });
        return "audit: " + string.Join(' ', entries.Select(entry => $"{entry.Number} {entry.Action} {entry.Hash};"));
    }

    private static async Task<string> EvaluationLineAsync(IEvaluationAudit audit)
    {
        IReadOnlyList<EvaluationAuditEntry> entries = await audit.QueryAsync(new EvaluationAuditQuery { Take = 200 });
        return "evaluations: " + string.Join(' ', entries.Select(entry =>
            Line($"{entry.Flag} {entry.At:O} {entry.IsEnabled} {entry.Variant} {entry.Reason} {entry.Subject};")));
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
