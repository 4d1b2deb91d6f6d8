using System.Collections.Concurrent;
using System.Reflection;
using System.Threading.Channels;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>
/// Recognises hub methods that stream, in either direction: a stream lasts until its client disconnects. Thread-safe.
/// </summary>
internal sealed class HubMethods
{
    private static readonly Type[] Streams = [typeof(IAsyncEnumerable<>), typeof(ChannelReader<>)];

    private static readonly Type[] Tasks = [typeof(Task<>), typeof(ValueTask<>)];

    private readonly ConcurrentDictionary<MethodInfo, bool> _streams = new();

    public bool IsStream(MethodInfo method) => _streams.GetOrAdd(method, static method =>
        IsStreamType(Awaited(method.ReturnType)) || method.GetParameters().Any(static parameter => IsStreamType(parameter.ParameterType)));

    private static Type Awaited(Type type)
    {
        if (IsOneOf(type, Tasks))
            return type.GetGenericArguments()[0];
        return type;
    }

    private static bool IsStreamType(Type type)
    {
        for (Type? current = type; current is not null; current = current.BaseType)
            if (IsOneOf(current, Streams))
                return true;
        return type.GetInterfaces().Any(static contract => IsOneOf(contract, Streams));
    }

    private static bool IsOneOf(Type type, Type[] definitions) =>
        type.IsGenericType && definitions.Contains(type.GetGenericTypeDefinition());
}
