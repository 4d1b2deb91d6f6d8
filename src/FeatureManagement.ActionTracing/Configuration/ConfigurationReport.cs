namespace FeatureManagement.ActionTracing;

/// <summary>Accepted and rejected changes of configuration. Immutable.</summary>
public sealed class ConfigurationReport
{
    internal ConfigurationReport()
    {
    }

    /// <summary>When configuration last changed a flag or a setting.</summary>
    public DateTimeOffset AcceptedAt { get; internal init; }

    /// <summary>How many changes of configuration were accepted since the start.</summary>
    public long Accepted { get; internal init; }

    /// <summary>When something was last rejected, or null.</summary>
    public DateTimeOffset? RejectedAt { get; internal init; }

    /// <summary>How many changes of configuration were rejected in full or in part.</summary>
    public long Rejected { get; internal init; }

    /// <summary>
    /// The current faults; for each of them the last good value stays in force. Empty if there are none.
    /// </summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; internal init; } = [];

    /// <summary>Settings that are allowed but are probably mistakes.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>False where reload is disabled, so that edits take effect only after a restart.</summary>
    public bool ReloadOnChange { get; internal init; }

    // The report after another reading. Faults that persist keep the time at which they were first seen.
    internal ConfigurationReport Next(
        IReadOnlyList<(string? Flag, string Message)> faults, IReadOnlyList<string> warnings, bool accepted,
        DateTimeOffset now)
    {
        var known = new Dictionary<(string?, string), ConfigurationFault>();
        foreach (ConfigurationFault fault in Faults)
            known[(fault.Flag, fault.Message)] = fault;
        ConfigurationFault[] next =
            [.. faults.Distinct()
                .Select(fault => known.GetValueOrDefault(fault) ?? new ConfigurationFault(fault.Flag, fault.Message, now))];
        bool rejected = next.Any(fault => !known.ContainsKey((fault.Flag, fault.Message)));
        return new ConfigurationReport
        {
            AcceptedAt = accepted ? now : AcceptedAt,
            Accepted = accepted ? Accepted + 1 : Accepted,
            RejectedAt = rejected ? now : RejectedAt,
            Rejected = rejected ? Rejected + 1 : Rejected,
            Faults = next,
            Warnings = warnings,
            ReloadOnChange = ReloadOnChange,
        };
    }
}
