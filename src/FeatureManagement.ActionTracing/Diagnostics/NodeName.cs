namespace FeatureManagement.ActionTracing.Diagnostics;

/// <summary>What this process is called in the audit: machine and process id.</summary>
internal sealed record NodeName(string Value)
{
    public static NodeName OfThisProcess { get; } = new($"{Environment.MachineName}/{Environment.ProcessId}");

    public override string ToString() => Value;
}
