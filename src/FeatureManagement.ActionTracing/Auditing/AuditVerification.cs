namespace FeatureManagement.ActionTracing;

/// <summary>What verifying the audit found. Immutable.</summary>
public sealed class AuditVerification
{
    internal AuditVerification()
    {
    }

    /// <summary>Whether every entry is as it was written and none is missing.</summary>
    public bool IsValid => FirstInvalid is null;

    /// <summary>How many entries were verified, up to the first bad one.</summary>
    public long Entries { get; internal init; }

    /// <summary>The number of the first entry that was edited, removed, moved, added or cut off; null where all is well.</summary>
    public long? FirstInvalid { get; internal init; }

    /// <summary>What is wrong with it, as a sentence; null where all is well.</summary>
    public string? Fault { get; internal init; }

    /// <summary>Where the chain ends. Kept elsewhere, it proves later that nothing before it was exchanged.</summary>
    public AuditHead Head { get; internal init; } = AuditHead.Empty;
}
