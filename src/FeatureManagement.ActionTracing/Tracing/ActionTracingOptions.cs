namespace FeatureManagement.ActionTracing;

/// <summary>Options of traces that code sets, not a flag.</summary>
public sealed class ActionTracingOptions
{
    /// <summary>
    /// Whether traces include identities: user, session and the attributes of the context. The default is false.
    /// </summary>
    public bool IncludeIdentities { get; set; }
}
