namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// The units that were bad or slow in any round of a watch. They are not at risk again. Thread-safe; one caller at a time for each unit.
/// </summary>
internal sealed class SpentUnits(UnitSet units)
{
    /// <summary>
    /// Keeps which of its new marks say that a unit was bad or slow. Where there is no room for it, the unit is not counted so, in
    /// both arms alike.
    /// </summary>
    /// <returns>The new marks that count.</returns>
    public ulong Take(ulong hash, ulong marks)
    {
        Unit unit = units.Take(hash);
        if (!unit.IsKnown)
            return marks & ~(Unit.Bad | Unit.Slow);
        unit.Mark(marks & (Unit.Bad | Unit.Slow), step: 0);
        return marks;
    }

    /// <summary>Marks a unit of a new round, if it was bad or slow before.</summary>
    public void CopyTo(Unit unit, ulong hash, int step)
    {
        if (units.Count == 0)
            return;
        unit.Mark(MarksOf(units.Find(hash)), step);
    }

    private static ulong MarksOf(Unit before)
    {
        if (!before.IsKnown)
            return 0;
        ulong marks = 0;
        if (before.Has(Unit.Bad))
            marks |= Unit.Bad | Unit.AtRisk;
        if (before.Has(Unit.Slow))
            marks |= Unit.Slow | Unit.SlowAtRisk;
        return marks;
    }
}
