namespace FeatureManagement.ActionTracing.Benchmarks;

/// <summary>One line of the table: a ratio or a figure, and its goal.</summary>
/// <param name="Job">What is measured.</param>
/// <param name="Measure">Which way in, or against what.</param>
/// <param name="Value">The ratio or figure.</param>
/// <param name="Unit">What the value is: <c>x</c> for a ratio.</param>
/// <param name="Goal">The bound; null for a figure without one.</param>
/// <param name="AtLeast">Whether the goal is a lower bound.</param>
internal sealed record Row(string Job, string Measure, double Value, string Unit, double? Goal = null, bool AtLeast = false)
{
    public bool IsMet => Goal is not { } goal || (AtLeast ? Value >= goal : Value <= goal);

    public static Row Ratio(string job, string measure, double of, double to, double goal) => new(job, measure, of / to, "x", goal);

    public static Row Faster(string job, string measure, double slow, double fast, double goal) => new(job, measure, slow / fast, "x faster", goal, AtLeast: true);
}
