using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.State.Rollouts.Guards;

/// <summary>What a safety check found. Each kind has an action of its own.</summary>
internal enum VerdictKind
{
    /// <summary>Adds monitored time.</summary>
    Healthy,

    /// <summary>Rolls back.</summary>
    Regressed,

    /// <summary>Puts the rollout on hold until there are enough samples.</summary>
    TooFewSamples,

    /// <summary>Puts the rollout on hold until it is resumed by hand, with a reason.</summary>
    [JsonStringEnumMemberName("split_mismatch")] // the stored spelling
    SampleRatioMismatch,

    /// <summary>Puts the rollout on hold, and pauses it after <c>maxHold</c>.</summary>
    SourceUnavailable,

    /// <summary>Puts the rollout on hold while the flag is off for all users.</summary>
    FlagOff,

    /// <summary>Puts the rollout on hold because of an internal error.</summary>
    Failed,
}
