using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Integration;

/// <summary>
/// Recognises the gates of Microsoft.FeatureManagement.AspNetCore while they ask for a flag: <c>[FeatureGate]</c>, <c>WithFeatureGate</c>,
/// <c>UseForFeature</c>, <c>UseMiddlewareForFeature</c> and <c>AddForFeature</c>. They leave no trace by which one could tell afterwards that they answered,
/// and they ask the same interfaces as any handler does. Thread-safe.
/// </summary>
internal static class GateCaller
{
    private const string Library = "Microsoft.FeatureManagement.AspNetCore";
    private const string TagHelpers = "Microsoft.FeatureManagement.Mvc.TagHelpers.";

    private static readonly ConditionalWeakTable<Assembly, object> Known = [];

    /// <summary>Whether a gate of that library is asking.</summary>
    /// <param name="caller">The assembly that called the snapshot. Nearly always the application's own, and then nothing else is looked up.</param>
    public static bool IsGate(Assembly caller)
    {
        if (!(bool)Known.GetValue(caller, static assembly => assembly.GetName().Name == Library))
            return false;
        // The tag helper is in the same library; it shows a part of a page and is no gate.
        foreach (StackFrame frame in new StackTrace(skipFrames: 1, fNeedFileInfo: false).GetFrames())
            if (DiagnosticMethodInfo.Create(frame) is { DeclaringTypeName: { } type } method && IsLibrary(method.DeclaringAssemblyName))
                return !type.StartsWith(TagHelpers, StringComparison.Ordinal);
        return false;
    }

    private static bool IsLibrary(string assembly) => assembly == Library || assembly.StartsWith(Library + ",", StringComparison.Ordinal);
}
