using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace FeatureManagement.ActionTracing.Gating;

/// <summary>Wraps a fallback as its method returns it: as it is, in a task, or as an asynchronous sequence.</summary>
internal static class FallbackResult
{
    private static readonly ConcurrentDictionary<Type, Func<object?, object?>> Wraps = new();

    /// <summary>What a method with this result returns where its flag is off.</summary>
    public static object? Of(Type result, object? fallback) => Wraps.GetOrAdd(result, Wrap)(fallback);

    /// <summary>Converts a fallback to what a method yields.</summary>
    /// <param name="result">The method's result.</param>
    /// <param name="fallback">The fallback; null for the default.</param>
    /// <param name="converted">The converted fallback.</param>
    /// <param name="rule">Why it cannot be converted.</param>
    public static bool TryConvert(Type result, object? fallback, out object? converted, out string? rule)
    {
        converted = fallback;
        rule = null;
        if (fallback is null)
            return true;
        Type? value = ValueOf(result);
        if (value is null)
        {
            rule = "the method has no result";
            return false;
        }
        if (value.ContainsGenericParameters)
        {
            rule = "the method's result depends on its type arguments; give it a FallbackMethod";
            return false;
        }
        if (value.IsInstanceOfType(fallback))
            return true;
        Type target = Nullable.GetUnderlyingType(value) ?? value;
        if (fallback is IConvertible && target.IsPrimitive | target == typeof(decimal)
            && fallback is not (string or bool) && target != typeof(bool) && target != typeof(char))
        {
            try
            {
                converted = Convert.ChangeType(fallback, target, CultureInfo.InvariantCulture);
                if (Convert.ToDecimal(converted, CultureInfo.InvariantCulture) == Convert.ToDecimal(fallback, CultureInfo.InvariantCulture))
                    return true;
            }
            catch (Exception exception) when (exception is OverflowException or InvalidCastException or FormatException)
            {
            }
        }
        rule = $"the method's result is {value.Name}";
        return false;
    }

    /// <summary>What a method yields, out of its task or as an array of its sequence; null for nothing.</summary>
    private static Type? ValueOf(Type result)
    {
        if (result == typeof(void) || result == typeof(Task) || result == typeof(ValueTask))
            return null;
        if (!result.IsGenericType)
            return result;
        Type definition = result.GetGenericTypeDefinition();
        Type argument = result.GetGenericArguments()[0];
        if (definition == typeof(Task<>) || definition == typeof(ValueTask<>))
            return argument;
        if (definition == typeof(IAsyncEnumerable<>))
            return typeof(IEnumerable<>).MakeGenericType(argument);
        return result;
    }

    private static Func<object?, object?> Wrap(Type result)
    {
        if (result == typeof(void))
            return static _ => null;
        if (result == typeof(Task))
            return static _ => Task.CompletedTask;
        if (result == typeof(ValueTask))
            return static _ => ValueTask.CompletedTask;
        Type? definition = null;
        if (result.IsGenericType)
            definition = result.GetGenericTypeDefinition();
        if (definition == typeof(Task<>))
            return Generic(nameof(InTask), result.GetGenericArguments()[0]);
        if (definition == typeof(ValueTask<>))
            return Generic(nameof(InValueTask), result.GetGenericArguments()[0]);
        if (definition == typeof(IAsyncEnumerable<>))
            return Generic(nameof(InSequence), result.GetGenericArguments()[0]);
        return Generic(nameof(AsItIs), result);
    }

    private static Func<object?, object?> Generic(string method, Type type) =>
        typeof(FallbackResult).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .CreateDelegate<Func<object?, object?>>();

#pragma warning disable CA1859 // The delegates made of these return any object.
    private static object? AsItIs<T>(object? value)
    {
        if (value is T given)
            return given;
        return default(T);
    }

    private static object InTask<T>(object? value) => Task.FromResult(value is T given ? given : default!);

    private static object InValueTask<T>(object? value) => new ValueTask<T>(value is T given ? given : default!);

    private static object InSequence<T>(object? value) => Sequence((IEnumerable<T>?)value ?? []);
#pragma warning restore CA1859

#pragma warning disable CS1998 // There is nothing to wait for.
    private static async IAsyncEnumerable<T> Sequence<T>(IEnumerable<T> values)
#pragma warning restore CS1998
    {
        foreach (T value in values)
            yield return value;
    }
}
