namespace FeatureManagement.ActionTracing;

/// <summary>Where a flag is in its life.</summary>
public enum FlagState
{
    /// <summary>Off for everybody (<c>disabled</c>).</summary>
    Disabled,

    /// <summary>On exactly where the host environment is Development (<c>development</c>).</summary>
    Development,

    /// <summary>On for the allow-list and for a small percentage of users (<c>canary</c>).</summary>
    Canary,

    /// <summary>On for the allow-list and for a growing percentage of users (<c>rollout</c>).</summary>
    Rollout,

    /// <summary>On for everybody (<c>enabled</c>).</summary>
    Enabled,

    /// <summary>Off, above everything else, until it is cleared (<c>emergency_off</c>).</summary>
    EmergencyOff,
}
