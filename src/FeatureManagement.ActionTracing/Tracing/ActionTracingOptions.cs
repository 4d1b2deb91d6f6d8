namespace FeatureManagement.ActionTracing;

/// <summary>What code, not a flag, decides about traces.</summary>
public sealed class ActionTracingOptions
{
    /// <summary>Whether traces may name whom an action is for: its user, session and the attributes of its context. The default is false.</summary>
    public bool IncludeIdentities { get; set; }
}
