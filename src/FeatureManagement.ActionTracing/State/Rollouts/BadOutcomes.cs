namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>How many bad outcomes there were, or how many more may change the verdict of a safety check. Immutable.</summary>
/// <param name="Bad">
/// Users of both arms at their first error. A trigger by arm would choose the windows of the comparison by their
/// result.
/// </param>
/// <param name="Slow">Users of both arms at their first slow action.</param>
/// <param name="ExposedErrors">Exposed actions that failed.</param>
/// <param name="GatedUnits">Exposed users whose first action behind a gate failed.</param>
/// <param name="GatedErrors">Exposed users that failed behind a gate in the window, each once in a tenth of it.</param>
internal sealed record BadOutcomes(long Bad, long Slow, long ExposedErrors, long GatedUnits, long GatedErrors)
{
    // Far away, but not so far that a sum of two overflows.
    public const long Never = long.MaxValue / 4;

    public static readonly BadOutcomes None = new(0, 0, 0, 0, 0);

    public static readonly BadOutcomes NeverReached = new(Never, Never, Never, Never, Never);

    public BadOutcomes Plus(BadOutcomes more) => new(
        Bad + more.Bad, Slow + more.Slow, ExposedErrors + more.ExposedErrors, GatedUnits + more.GatedUnits, GatedErrors + more.GatedErrors);

    /// <summary>The smaller of each count.</summary>
    public BadOutcomes Min(BadOutcomes other) => new(
        Math.Min(Bad, other.Bad), Math.Min(Slow, other.Slow), Math.Min(ExposedErrors, other.ExposedErrors),
        Math.Min(GatedUnits, other.GatedUnits), Math.Min(GatedErrors, other.GatedErrors));
}
