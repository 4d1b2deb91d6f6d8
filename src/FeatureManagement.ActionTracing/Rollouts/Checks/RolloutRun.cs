using System.Collections.Immutable;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.State.Rollouts.Guards;

namespace FeatureManagement.ActionTracing.Rollouts.Checks;

/// <summary>What this instance knows of a rollout that it monitors. Immutable; each check makes the next one.</summary>
internal sealed record RolloutRun
{
    // While the store is unavailable each check keeps a copy. Beyond this, every second one is left out, so that two windows become one.
    private const int MaxUnsaved = 1_024;

    public required string Id { get; init; }

    /// <summary>The ledger as it is stored, as far as this instance knows.</summary>
    public required RolloutLedger Ledger { get; init; }

    /// <summary>The ledger with the copies that are not stored yet.</summary>
    public required RolloutLedger Evidence { get; init; }

    /// <summary>The version of the ledger in the store; 0 before it was read.</summary>
    public long Version { get; init; }

    /// <summary>The timestamp since which time has not been counted.</summary>
    public long Mark { get; init; }

    /// <summary><see cref="RolloutLedger.Counted"/> at <see cref="Mark"/>.</summary>
    public long Counted { get; init; } = -1;

    /// <summary>The record at the step of <see cref="Key"/>; null before the first check.</summary>
    public RolloutRecord? At { get; init; }

    /// <summary>The key of the stratum of this instance.</summary>
    public string Key { get; init; } = "";

    /// <summary>The key of the stratum before, until it is added to the sums.</summary>
    public string? Ended { get; init; }

    /// <summary>Copies that are not stored yet, in order. Each closes a window of the comparison.</summary>
    public ImmutableList<RolloutStratum> Unsaved { get; init; } = [];

    /// <summary>The guards as they were last logged.</summary>
    public string Guards { get; init; } = "";

    /// <summary>The result of the last check; null before the first.</summary>
    public RolloutCheck? Last { get; init; }

    public static RolloutRun Begin(RolloutRecord record, long timestamp)
    {
        var ledger = new RolloutLedger { Id = record.Id, MonitoredTime = record.MonitoredTime };
        return new() { Id = record.Id, Ledger = ledger, Evidence = ledger, Mark = timestamp };
    }

    /// <summary>Observes the step of a record from now on.</summary>
    public RolloutRun BeginStep(RolloutRecord record)
    {
        if (At?.Step == record.Step)
            return this;
        string? ended = Ended ?? (At is null ? null : Key);
        return this with { At = record, Key = Guid.NewGuid().ToString("N"), Ended = ended };
    }

    /// <summary>Keeps a copy until it is stored.</summary>
    public RolloutRun Keep(RolloutRecord record, RolloutStratum copy)
    {
        if (Unsaved.Count < MaxUnsaved)
            return this with { Unsaved = Unsaved.Add(copy), Evidence = Evidence.Add(record, copy, ended: null) };
        // Of each step the last copy stays, since it has the final counts of the step.
        ImmutableList<RolloutStratum> fewer =
            [.. Unsaved.Where((kept, i) => i % 2 == 1 || i == Unsaved.Count - 1 || Unsaved[i + 1].Key != kept.Key), copy];
        return this with { Unsaved = fewer, Evidence = WithCopies(record, Ledger, fewer) };
    }

    /// <summary>Takes the ledger that was read from the store. Time that another instance counted is not counted again.</summary>
    public RolloutRun Read(RolloutRecord record, RolloutLedger ledger, long version, long timestamp)
    {
        RolloutRun next = Known(record, ledger, version);
        if (ledger.Counted == Counted)
            return next;
        return next with { Counted = ledger.Counted, Mark = timestamp };
    }

    /// <summary>Takes the ledger that was read from the store, without counting time.</summary>
    public RolloutRun Known(RolloutRecord record, RolloutLedger ledger, long version)
    {
        if (ReferenceEquals(ledger, Ledger))
            return this with { Version = version };
        return this with { Ledger = ledger, Version = version, Evidence = WithCopies(record, ledger, Unsaved) };
    }

    /// <summary>All copies are in the stored ledger.</summary>
    public RolloutRun Saved(RolloutLedger ledger, long version, long timestamp) => this with
    {
        Ledger = ledger,
        Evidence = ledger,
        Version = version,
        Counted = ledger.Counted,
        Mark = timestamp,
        Ended = null,
        Unsaved = [],
    };

    /// <summary>On hold because of an internal error. Time until now does not count.</summary>
    public RolloutRun Failed(RolloutVerdict verdict, DateTimeOffset now, long timestamp)
    {
        RolloutLedger onHold = Ledger with { Hold = new RolloutHold(verdict.Kind, verdict.Reason, now) };
        return this with { Mark = timestamp, Last = new RolloutCheck(onHold, verdict, Last?.Guards ?? "", Last?.DefaultKeys ?? 0) };
    }

    /// <summary>The evidence with what was observed at this check; without observations, the evidence so far.</summary>
    public RolloutLedger Fold(RolloutRecord record, RolloutObservations? observations)
    {
        if (observations is null)
            return Evidence;
        RolloutLedger folded = Evidence.Add(record, CopyOf(record, observations), Ended);
        return folded with { SlowThreshold = folded.SlowThreshold ?? record.Plan.SlowThreshold ?? observations.ControlPercentile95 };
    }

    public RolloutStratum CopyOf(RolloutRecord record, RolloutObservations observations) => new()
    {
        Key = Key,
        Step = record.Step,
        Percentage = record.Percentage,
        Exposed = observations.Exposed,
        Control = observations.Control,
        Actions = observations.Actions,
    };

    private static RolloutLedger WithCopies(RolloutRecord record, RolloutLedger ledger, ImmutableList<RolloutStratum> copies) =>
        copies.Aggregate(ledger, (folded, copy) => folded.Add(record, copy, ended: null));
}
