namespace FeatureManagement.ActionTracing.Tests.Support;

/// <summary>A test of what needs the programs of Linux, such as a script of bash.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "It runs a script with bash and GNU grep: run it on Linux.";
}
