namespace FeatureManagement.ActionTracing;

/// <summary>Why a change was refused.</summary>
public enum FlagChangeError
{
    /// <summary>There is no such flag.</summary>
    UnknownFlag,

    /// <summary>The change itself is invalid in every state of the flag.</summary>
    Invalid,

    /// <summary>The flag's state does not allow it: it is in a rollout or in emergency, or it is not.</summary>
    Conflict,

    /// <summary>The flag has changed since the version that was expected.</summary>
    VersionMismatch,

    /// <summary>The store could not take the change.</summary>
    StoreUnavailable,
}
