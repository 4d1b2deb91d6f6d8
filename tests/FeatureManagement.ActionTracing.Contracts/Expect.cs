using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Contracts;

/// <summary>The assertions of the contract.</summary>
internal static class Expect
{
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            throw new StoreContractException($"{what} is {actual}; expected: {expected}.");
    }

    public static void All<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        T[] found = [.. actual];
        T[] wanted = [.. expected];
        if (!found.SequenceEqual(wanted))
            throw new StoreContractException($"{what} is [{string.Join(", ", found)}]; expected: [{string.Join(", ", wanted)}].");
    }

    public static void Empty<T>(IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "") => All([], actual, what);
}
