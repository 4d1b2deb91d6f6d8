using System.Collections.Concurrent;
using System.Reflection;
using System.Threading.Channels;

namespace FeatureManagement.ActionTracing.AspNetCore.Connections;

/// <summary>Distinguishes methods of hubs that are called from those that stream, in either direction: a stream lasts until its client disconnects. Thread-safe.</summary>
internal sealed class HubMethods
{
    private static readonly Type[] Streams = [typeof(IAsyncEnumerable<>), typeof(ChannelReader<>)];

    private readonly ConcurrentDictionary<MethodInfo, bool> _streams = new();

    public bool IsStream(MethodInfo method) => _streams.GetOrAdd(method, static method =>
        IsStreamType(Awaited(method.ReturnType)) || method.GetParameters().Any(static parameter => IsStreamType(parameter.ParameterType)));

    private static Type Awaited(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is var definition && (definition == typeof(Task<>) || definition == typeof(ValueTask<>))
            ? type.GetGenericArguments()[0]
            : type;

    private static bool IsStreamType(Type type)
    {
        for (Type? current = type; current is not null; current = current.BaseType)
            if (current.IsGenericType && Streams.Contains(current.GetGenericTypeDefinition()))
                return true;
        return type.GetInterfaces().Any(static contract => contract.IsGenericType && Streams.Contains(contract.GetGenericTypeDefinition()));
    }
}
