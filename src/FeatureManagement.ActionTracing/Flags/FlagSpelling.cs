using System.Text.Json;

namespace FeatureManagement.ActionTracing.Flags;

/// <summary>
/// The spelling of enumerations in configuration, JSON and metrics: <c>emergency_off</c>. Reading also accepts
/// <c>EmergencyOff</c> and <c>emergency-off</c>.
/// </summary>
internal static class FlagSpelling
{
    public static string Write<T>(T value) where T : struct, Enum => Names<T>.Written[value];

    public static bool TryRead<T>(string? text, out T value) where T : struct, Enum =>
        Names<T>.Read.TryGetValue(text ?? "", out value);

    public static IEnumerable<string> All<T>() where T : struct, Enum => Names<T>.Written.Values;

    private static class Names<T> where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Written =
            Enum.GetValues<T>().ToDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()));

        public static readonly Dictionary<string, T> Read = Enum.GetValues<T>()
            .SelectMany(value => new[] { Written[value], Written[value].Replace('_', '-'), value.ToString() }.Distinct(
                StringComparer.OrdinalIgnoreCase), (value, text) => (value, text))
            .ToDictionary(spelling => spelling.text, spelling => spelling.value, StringComparer.OrdinalIgnoreCase);
    }
}
