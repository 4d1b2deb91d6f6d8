namespace FeatureManagement.ActionTracing.Actions;

/// <summary>The marks that the outcome of an action sets on its unit (<see cref="Unit"/>). Pure.</summary>
internal static class OutcomeMarks
{
    /// <summary>What an outcome says of its unit. Of one that was given up only that it was slow is known.</summary>
    public static ulong Of(ActionOutcome outcome, Comparability comparability, double milliseconds, double slow)
    {
        ulong marks = 0;
        if (comparability >= Comparability.Errors && !outcome.GivenUp)
            marks |= Unit.AtRisk | (outcome.Error ? Unit.Bad : 0);
        if (comparability < Comparability.Full)
            return marks;
        if (!outcome.GivenUp)
            marks |= Unit.Timed;
        if (double.IsFinite(slow))
            marks |= Unit.SlowAtRisk | (milliseconds > slow ? Unit.Slow : 0);
        return marks;
    }
}
