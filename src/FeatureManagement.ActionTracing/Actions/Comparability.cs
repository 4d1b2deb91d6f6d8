namespace FeatureManagement.ActionTracing.Actions;

/// <summary>What of an action can be compared between the arms of a flag, the least first.</summary>
internal enum Comparability
{
    /// <summary>Nothing: a gate of the flag decided what the action does.</summary>
    None,

    /// <summary>Whether it failed.</summary>
    Errors,

    /// <summary>Whether it failed, and how long it took.</summary>
    Full,
}
