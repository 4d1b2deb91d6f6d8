namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>One written flag, read by itself. Immutable.</summary>
/// <param name="Name">The name as it is spelled.</param>
/// <param name="Definition">The flag in its environment, or null where it has a fault.</param>
/// <param name="Parent">The parent that it names there, also where it has a fault; or null.</param>
/// <param name="Parts">The providers of its fields.</param>
/// <param name="Parents">Every parent that it names anywhere, with the path of the field.</param>
/// <param name="Faults">Its faults.</param>
/// <param name="Warnings">Sentences about probable mistakes.</param>
internal sealed record FlagReading(
    string Name,
    FlagDefinition? Definition,
    string? Parent,
    IReadOnlyList<FlagPart> Parts,
    IReadOnlyList<(string Path, string Name)> Parents,
    IReadOnlyList<SettingFault> Faults,
    IReadOnlyList<string> Warnings);
