using System.Diagnostics;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Actions;

/// <summary>The traced side of an action. Thread-safe.</summary>
internal interface IActionTrace
{
    /// <summary>The activity; null where there is none, or none yet.</summary>
    Activity? Activity { get; }

    /// <summary>Whether it still depends on for whom the action is.</summary>
    bool IsUndecided { get; }

    /// <summary>Whether flags that are evaluated go into it.</summary>
    bool RecordsEvaluations { get; }

    /// <summary>Decides what is traced, once.</summary>
    /// <param name="context">For whom the action is; null for nobody.</param>
    void Decide(TargetingContext? context);

    void Rename(string name);

    void SetTag(string name, object? value);

    void Fail(Exception? exception, string? type);

    void Evaluated(CompiledFlag flag, string? key, EvaluationReason reason, int variant);

    /// <summary>Ends the trace, which has been decided.</summary>
    void End(TimeSpan duration, bool failed);
}
