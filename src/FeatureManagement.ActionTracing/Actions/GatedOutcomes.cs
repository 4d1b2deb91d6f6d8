namespace FeatureManagement.ActionTracing.Actions;

/// <summary>
/// Counts units by their exposed actions behind a gate of a flag: by the first one for the whole watch, and for a
/// window by the first one in the last slot in which the unit came. They count from the gate's answer on: counted at
/// the end, quick errors would outnumber slow successes. Thread-safe, but for one caller at a time for each unit.
/// </summary>
internal sealed class GatedOutcomes(TimeProvider time, TimeSpan window, UnitSet units)
{
    // The window moves in tenths.
    private const int Slots = 10;

    // In the unit's last slot; Unit.Mark takes it away where another slot begins.
    private const ulong Failed = Unit.AtRisk;

    private readonly Lock _gate = new();
    private readonly Slot[] _slots = new Slot[Slots];
    private readonly long _start = time.GetTimestamp();
    private long _units;
    private long _errors;

    /// <summary>
    /// A gate answered "on" in an action. What the action counts for: nothing, for a unit that is not taken in, which
    /// the hash decides.
    /// </summary>
    public GatedVisit Begin(ulong hash)
    {
        Unit unit = units.Take(hash);
        if (!unit.IsKnown)
            return default;
        long now = SlotNow();
        bool first = !unit.IsCounted;
        int before = unit.Step;
        if (!first && before == Unit.StepOf((int)now))
            return default;
        bool failed = unit.Has(Failed);
        unit.Mark(Unit.Counted, (int)now);
        lock (_gate)
        {
            ref Slot slot = ref _slots[now % Slots];
            if (slot.Number < now)
                slot = new Slot { Number = now };
            slot.Units++;
            if (first)
                _units++;
            else
                Leave_NeedsLock(before, failed, now);
        }
        return new GatedVisit(first, now);
    }

    /// <summary>
    /// The action failed. Whether it was the first of its unit, and whether the unit counts as failed in the window by
    /// it.
    /// </summary>
    public (bool First, bool InWindow) Fail(ulong hash, GatedVisit visit)
    {
        Unit unit = default;
        if (visit.Slot != 0)
            unit = units.Take(hash);
        if (!unit.IsKnown)
            return default;
        bool inWindow = false;
        lock (_gate)
        {
            if (visit.First)
                _errors++;
            ref Slot slot = ref _slots[visit.Slot % Slots];
            if (slot.Number == visit.Slot && unit.Step == Unit.StepOf((int)visit.Slot))
            {
                inWindow = true;
                slot.Failed++;
            }
        }
        if (inWindow)
            unit.Mark(Failed, (int)visit.Slot);
        return (visit.First, inWindow);
    }

    /// <summary>
    /// The action means nothing: the first one of its unit is as if it had not been, unless the unit came again in a
    /// later slot.
    /// </summary>
    public void Forget(ulong hash, GatedVisit visit)
    {
        if (!visit.First || !units.Take(hash).Forget((int)visit.Slot))
            return;
        lock (_gate)
        {
            _units--;
            ref Slot slot = ref _slots[visit.Slot % Slots];
            if (slot.Number == visit.Slot)
                slot.Units--;
        }
    }

    public GatedCounts Read()
    {
        long now = SlotNow();
        lock (_gate)
        {
            (long distinct, long failed) = (0, 0);
            foreach (Slot slot in _slots)
            {
                if (slot.Number <= now - Slots)
                    continue;
                distinct += slot.Units;
                failed += slot.Failed;
            }
            return new GatedCounts { Units = _units, Errors = _errors, WindowUnits = distinct, WindowErrors = failed };
        }
    }

    /// <summary>A unit counts in the last slot in which it came.</summary>
    private void Leave_NeedsLock(int step, bool failed, long now)
    {
        for (int i = 0; i < Slots; i++)
        {
            ref Slot slot = ref _slots[i];
            if (slot.Number <= now - Slots || slot.Number == now || Unit.StepOf((int)slot.Number) != step || slot.Units == 0)
                continue;
            slot.Units--;
            if (failed)
                slot.Failed--;
        }
    }

    // From 1, so that no slot has it before it is used.
    private long SlotNow() => 1 + (long)(time.GetElapsedTime(_start) / (window / Slots));

    private struct Slot
    {
        public long Number;
        public long Units;
        public long Failed;
    }
}
