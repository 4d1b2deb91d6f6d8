namespace FeatureManagement.ActionTracing.Safety;

/// <summary>
/// Counts exposed actions behind a gate of a flag: the first one of each unit for the whole watch, and all of them for a window, with its distinct units.
/// Thread-safe, but for one caller at a time for each unit.
/// </summary>
internal sealed class GatedOutcomes(TimeProvider time, TimeSpan window, UnitSet units)
{
    // The window moves in tenths.
    private const int Slots = 10;

    private readonly Lock _gate = new();
    private readonly Slot[] _slots = new Slot[Slots];
    private readonly long _start = time.GetTimestamp();
    private long _units;
    private long _errors;

    /// <summary>Takes note of an action that has ended. Whether it was the first of its unit.</summary>
    public bool Add(ulong hash, bool error, TimeSpan duration)
    {
        Unit unit = units.Take(hash);
        if (!unit.IsKnown)
            return false; // not taken in: the hash decides that, and the outcome does not
        long now = SlotNow();
        bool first = !unit.IsCounted;
        int before = unit.Step;
        unit.Mark(Unit.Counted, (int)now);
        lock (_gate)
        {
            if (first)
                (_units, _errors) = (_units + 1, error ? _errors + 1 : _errors);
            ref Slot slot = ref _slots[now % Slots];
            if (slot.Number < now)
                slot = new Slot { Number = now };
            slot.Actions += new ActionCounts(1, error ? 1 : 0, duration);
            if (!first && before == unit.Step)
                return false;
            slot.Units++;
            if (!first)
                Leave(before, now);
        }
        return first;
    }

    public GatedCounts Read()
    {
        long now = SlotNow();
        lock (_gate)
        {
            ActionCounts actions = default;
            long distinct = 0;
            foreach (Slot slot in _slots)
            {
                if (slot.Number <= now - Slots)
                    continue;
                actions += slot.Actions;
                distinct += slot.Units;
            }
            return new GatedCounts { Units = _units, Errors = _errors, WindowUnits = distinct, Window = actions };
        }
    }

    /// <summary>A unit counts in the last slot in which it was seen.</summary>
    private void Leave(int step, long now)
    {
        for (int i = 0; i < Slots; i++)
            if (_slots[i].Number > now - Slots && Unit.StepOf((int)_slots[i].Number) == step && _slots[i].Units > 0)
                _slots[i].Units--;
    }

    // From 1, so that no slot has it before it is used.
    private long SlotNow() => 1 + (long)(time.GetElapsedTime(_start) / (window / Slots));

    private struct Slot
    {
        public long Number;
        public long Units;
        public ActionCounts Actions;
    }
}
