using System.Text.Json.Serialization;

namespace FeatureManagement.ActionTracing.State.Rollouts;

/// <summary>What a look at a rollout found. Each kind has an action of its own.</summary>
internal enum VerdictKind
{
    /// <summary>Credits the time since the last look.</summary>
    Healthy,

    /// <summary>Rolls back.</summary>
    Regressed,

    /// <summary>Holds until enough was seen.</summary>
    TooFewSamples,

    /// <summary>Holds until somebody resumes with a reason.</summary>
    [JsonStringEnumMemberName("split_mismatch")] // the stored spelling
    SampleRatioMismatch,

    /// <summary>Holds, and pauses after <c>maxHold</c>.</summary>
    SourceUnavailable,

    /// <summary>Holds while the flag can be on for nobody.</summary>
    FlagOff,

    /// <summary>Holds on an error in the rollout's own machinery.</summary>
    Failed,
}
