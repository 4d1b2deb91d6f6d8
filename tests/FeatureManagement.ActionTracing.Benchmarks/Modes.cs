namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>What can be measured, by the word that picks it: one line each, in the order of the table.</summary>
internal static class Modes
{
    public static readonly (string Name, Func<IEnumerable<Row>> Measure)[] All =
    [
        ("evaluation", () => new EvaluationRows().Measure()),
        ("microsoft", MicrosoftRows.Measure),
        ("telemetry", TelemetryRows.Measure),
        ("threads", ThreadRows.Measure),
        ("actions", ActionRows.Measure),
        ("start", StartRows.Measure),
        ("loading", LoadingRows.Measure),
        ("change", ChangeRows.Measure),
        ("experiments", ExperimentRows.Measure),
        ("kill", KillRows.Measure),
        ("requests", RequestRows.Measure),
        ("rollouts", () => RolloutRows.MeasureAsync().GetAwaiter().GetResult()),
        ("audit", AuditRows.Measure),
        ("dashboard", DashboardRows.Measure),
    ];
}
