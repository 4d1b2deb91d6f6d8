namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>One flag as it is written, read by itself. Immutable.</summary>
/// <param name="Name">The name as it is written.</param>
/// <param name="Definition">The flag in its environment, or null where something is wrong with it.</param>
/// <param name="Parent">The parent that it names there, also where something else is wrong with it; or null.</param>
/// <param name="Parts">Who writes which fields of it.</param>
/// <param name="Parents">Every parent that it names anywhere, with the path of the field.</param>
/// <param name="Faults">What is wrong with it.</param>
/// <param name="Warnings">Sentences about what looks like a mistake.</param>
internal sealed record FlagReading(
    string Name,
    FlagDefinition? Definition,
    string? Parent,
    IReadOnlyList<FlagPart> Parts,
    IReadOnlyList<(string Path, string Name)> Parents,
    IReadOnlyList<SettingFault> Faults,
    IReadOnlyList<string> Warnings);
