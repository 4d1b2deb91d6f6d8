using System.Reflection;

namespace FeatureManagement.ActionTracing.Gating;

/// <summary>Finds the fallback method of a method.</summary>
internal static class FallbackMethods
{
    public static MethodInfo? Find(MethodInfo method, string name, Type implementation) =>
        implementation.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Concat(method.DeclaringType!.GetMethods())
            .FirstOrDefault(other => other.Name == name && other != method && IsCompatible(other, method));

    private static bool IsCompatible(MethodInfo other, MethodInfo method)
    {
        if (other.IsGenericMethodDefinition != method.IsGenericMethodDefinition
            || other.GetGenericArguments().Length != method.GetGenericArguments().Length)
            return false;
        ParameterInfo[] theirs = other.GetParameters();
        ParameterInfo[] ours = method.GetParameters();
        return theirs.Length == ours.Length
            && Same(other.ReturnType, method.ReturnType)
            && theirs.Zip(ours)
                .All(pair => Same(pair.First.ParameterType, pair.Second.ParameterType) && pair.First.IsOut == pair.Second.IsOut);
    }

    // Type parameters of two methods are different types; what counts is their place.
    private static bool Same(Type left, Type right) =>
        left == right
        || left.IsGenericMethodParameter
            && right.IsGenericMethodParameter
            && left.GenericParameterPosition == right.GenericParameterPosition
        || left.HasElementType && right.HasElementType && left.IsByRef == right.IsByRef
            && left.IsArray == right.IsArray && Same(left.GetElementType()!, right.GetElementType()!)
        || left.IsGenericType && right.IsGenericType && left.GetGenericTypeDefinition() == right.GetGenericTypeDefinition()
            && left.GetGenericArguments().Zip(right.GetGenericArguments()).All(pair => Same(pair.First, pair.Second));
}
