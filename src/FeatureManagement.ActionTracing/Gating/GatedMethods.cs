using System.Reflection;

namespace FeatureManagement.ActionTracing.Gating;

/// <summary>The methods of a service that are behind flags. Immutable.</summary>
internal sealed class GatedMethods
{
    private readonly Dictionary<MethodInfo, GatedMethod> _methods;

    private GatedMethods(Dictionary<MethodInfo, GatedMethod> methods) => _methods = methods;

    public GatedMethod? Find(MethodInfo method) =>
        _methods.GetValueOrDefault(method.IsGenericMethod ? method.GetGenericMethodDefinition() : method);

    /// <exception cref="ArgumentException">A method is invalid; the message lists every fault.</exception>
    public static GatedMethods Read(Type service, Type implementation)
    {
        if (!service.IsInterface)
            throw new ArgumentException(
                $"{service.Name} is not an interface; only methods of an interface can have flags. Extract an interface.", nameof(service));
        MethodInfo[] all = [.. service.GetInterfaces()
            .Prepend(service)
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public))];
        var methods = new Dictionary<MethodInfo, GatedMethod>();
        var faults = new List<string>();
        foreach (MethodInfo method in all)
        {
            // The runtime's proxies cannot forward these calls.
            if (method.IsStatic && method.IsAbstract)
                faults.Add(Fault(method, "is static and abstract, which a flagged service does not support"));
            else if (method.GetParameters().Any(parameter => Element(parameter.ParameterType).IsByRefLike)
                || method.ReturnType.IsByRef
                || method.ReturnType.IsByRefLike)
                faults.Add(Fault(method, "takes or returns a reference or a span, which a flagged service does not support"));
            else if (method.GetCustomAttribute<WithFeatureFlagAttribute>() is { } attribute)
                methods.Add(method, Read(method, attribute, implementation, faults));
        }
        if (methods.Count == 0 && faults.Count == 0)
            faults.Add($"{service.Name} has no method with [WithFeatureFlag]. Put it on a method of the interface, "
                + "or register the service by AddTransient, AddScoped or AddSingleton.");
        if (faults.Count == 0)
            return new GatedMethods(methods);
        throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(service));
    }

    private static GatedMethod Read(MethodInfo method, WithFeatureFlagAttribute attribute, Type implementation, List<string> faults)
    {
        object? fallback = null;
        MethodInfo? fallbackMethod = null;
        if (string.IsNullOrWhiteSpace(attribute.Flag))
            faults.Add(Fault(method, "has a [WithFeatureFlag] without the name of a flag"));
        if (attribute is { Fallback: not null, FallbackMethod: not null })
            faults.Add(Fault(method, "has both a Fallback and a FallbackMethod; keep one of them"));
        else if (attribute.FallbackMethod is { } name)
        {
            fallbackMethod = FallbackMethods.Find(method, name, implementation);
            if (fallbackMethod is null)
                faults.Add(Fault(method, $"has the FallbackMethod '{name}', but {implementation.Name} has no method "
                    + "of this name with the same parameters and result"));
        }
        else if (method.GetParameters().Any(parameter => parameter.IsOut))
            faults.Add(Fault(method, "has an out parameter, which is not set when the flag is off; give it a FallbackMethod"));
        else if (!FallbackResult.TryConvert(method.ReturnType, attribute.Fallback, out fallback, out string? rule))
            faults.Add(Fault(method, $"has the Fallback '{attribute.Fallback}' of type {attribute.Fallback!.GetType().Name}, but {rule}"));
        return new GatedMethod(attribute.Flag, fallback, fallbackMethod);
    }

    private static Type Element(Type type)
    {
        if (type.IsByRef)
            return type.GetElementType()!;
        return type;
    }

    private static string Fault(MethodInfo method, string fault) => $"{method.DeclaringType!.Name}.{method.Name} {fault}.";
}
