namespace FeatureManagement.ActionTracing.AspNetCore.Access;

/// <summary>The kind of an endpoint, which selects the policy that it needs.</summary>
internal enum AccessRight
{
    /// <summary>Changes nothing: <see cref="ActionTracingWebOptions.ReadPolicy"/>.</summary>
    Read,

    /// <summary>Changes a flag or a rollout: <see cref="ActionTracingWebOptions.WritePolicy"/>.</summary>
    Write,

    /// <summary>
    /// Shuts a flag down: <see cref="ActionTracingWebOptions.EmergencyPolicy"/>, else
    /// <see cref="ActionTracingWebOptions.WritePolicy"/>.
    /// </summary>
    Emergency,
}
