using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// Recognises the gates of Microsoft.FeatureManagement.AspNetCore while they ask for a flag: <c>[FeatureGate]</c>,
/// <c>WithFeatureGate</c>, <c>UseForFeature</c>, <c>UseMiddlewareForFeature</c> and <c>AddForFeature</c>. They call the
/// same interfaces as any other code, and nothing shows afterwards that a gate decided. Thread-safe.
/// </summary>
internal static class GateCaller
{
    private const string GateAssembly = "Microsoft.FeatureManagement.AspNetCore";
    private const string TagHelpers = "Microsoft.FeatureManagement.Mvc.TagHelpers.";

    private static readonly ConditionalWeakTable<Assembly, object> Known = [];

    /// <summary>Whether one of these gates is asking.</summary>
    /// <param name="caller">
    /// The assembly that called the snapshot. Usually the application's own; then the stack is not walked.
    /// </param>
    public static bool IsGate(Assembly caller)
    {
        if (!(bool)Known.GetValue(caller, static assembly => assembly.GetName().Name == GateAssembly))
            return false;
        // The tag helper is in the same assembly; it shows a part of a page and is no gate.
        foreach (StackFrame frame in new StackTrace(skipFrames: 1, fNeedFileInfo: false).GetFrames())
            if (DiagnosticMethodInfo.Create(frame) is { DeclaringTypeName: { } type } method
                && IsGateAssembly(method.DeclaringAssemblyName))
                return !type.StartsWith(TagHelpers, StringComparison.Ordinal);
        return false;
    }

    private static bool IsGateAssembly(string assembly) =>
        assembly == GateAssembly || assembly.StartsWith(GateAssembly + ",", StringComparison.Ordinal);
}
