namespace FeatureManagement.ActionTracing.Diagnostics;

/// <summary>What this process is called in the audit: machine and process id.</summary>
internal sealed record InstanceName(string Value)
{
    public static InstanceName OfThisProcess { get; } = new($"{Environment.MachineName}/{Environment.ProcessId}");

    public override string ToString() => Value;
}
