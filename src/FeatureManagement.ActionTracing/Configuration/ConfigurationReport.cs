namespace FeatureManagement.ActionTracing;

/// <summary>What was accepted and what was rejected of configuration. Immutable.</summary>
public sealed record ConfigurationReport
{
    /// <summary>When configuration last changed a flag or a setting.</summary>
    public required DateTimeOffset AcceptedAt { get; init; }

    /// <summary>How many changes of configuration were accepted since the start.</summary>
    public required long Accepted { get; init; }

    /// <summary>When something was last rejected, or null.</summary>
    public DateTimeOffset? RejectedAt { get; init; }

    /// <summary>How many changes of configuration were rejected, wholly or in part.</summary>
    public required long Rejected { get; init; }

    /// <summary>What is wrong at present; for each of these the last good value stands. Empty when all is well.</summary>
    public required IReadOnlyList<ConfigurationFault> Faults { get; init; }

    /// <summary>What is allowed but looks like a mistake.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>False where the host was told not to reload configuration, so that edits are seen only after a restart.</summary>
    public required bool ReloadOnChange { get; init; }

    // The report after another reading. Faults that persist keep the time at which they were first seen.
    internal ConfigurationReport Next(IReadOnlyList<(string? Flag, string Message)> faults, IReadOnlyList<string> warnings, bool accepted, DateTimeOffset now)
    {
        var known = new Dictionary<(string?, string), ConfigurationFault>();
        foreach (ConfigurationFault fault in Faults)
            known[(fault.Flag, fault.Message)] = fault;
        ConfigurationFault[] next = [.. faults.Distinct().Select(fault => known.GetValueOrDefault(fault) ?? new ConfigurationFault(fault.Flag, fault.Message, now))];
        bool rejected = next.Any(fault => !known.ContainsKey((fault.Flag, fault.Message)));
        return this with
        {
            AcceptedAt = accepted ? now : AcceptedAt,
            Accepted = accepted ? Accepted + 1 : Accepted,
            RejectedAt = rejected ? now : RejectedAt,
            Rejected = rejected ? Rejected + 1 : Rejected,
            Faults = next,
            Warnings = warnings,
        };
    }
}
