namespace FeatureManagement.ActionTracing;

/// <summary>Why a flag is on or off. The order is that of the rules: the first that applies decides.</summary>
public enum EvaluationReason
{
    /// <summary>Off: no such flag.</summary>
    Unknown,

    /// <summary>Off: the flag, or an ancestor, is in emergency.</summary>
    Emergency,

    /// <summary>Off: an emergency flag of higher priority is on.</summary>
    EmergencyFlag,

    /// <summary>Off: the flag is disabled.</summary>
    Disabled,

    /// <summary>Off: an ancestor is off for the same context.</summary>
    ParentOff,

    /// <summary>Off: in development, and the host environment is not Development.</summary>
    NotDevelopment,

    /// <summary>Off: the allow-list does not contain the context, and its bucket is outside the percentage.</summary>
    OutsidePercentage,

    /// <summary>Off: the answer depends on the context, and the type of the context is not known.</summary>
    UnknownContext,

    /// <summary>On: in development, and the host environment is Development.</summary>
    Development,

    /// <summary>On: the flag is enabled.</summary>
    Enabled,

    /// <summary>On: the allow-list contains the user or session.</summary>
    Whitelisted,

    /// <summary>On: the allow-list contains a group of the context.</summary>
    GroupListed,

    /// <summary>On: the bucket is below the percentage.</summary>
    InPercentage,
}
