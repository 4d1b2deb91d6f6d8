using FeatureManagement.ActionTracing.Configuration.Reading;

namespace FeatureManagement.ActionTracing.Configuration.Fields;

/// <summary>One field of a flag in configuration: how it is read, checked and compared. Immutable.</summary>
internal abstract class FlagField(string name)
{
    /// <summary>The name in configuration.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it is a list of values, or a map of values to true or false.</summary>
    public bool IsList { get; init; }

    /// <summary>Adds the faults of the field that need other fields, or that it is missing.</summary>
    public Action<FlagDefinition, SettingFields>? Check { get; init; }

    /// <summary>Returns the flag with the written value. Called where the field is present.</summary>
    public abstract FlagDefinition Read(FlagDefinition flag, SettingFields fields, List<string> warnings);

    public abstract bool IsSame(FlagDefinition left, FlagDefinition right);
}

/// <summary>A field with a value of one type.</summary>
/// <param name="name">The name in configuration.</param>
/// <param name="get">Returns the value of a flag.</param>
/// <param name="set">Returns a flag with another value.</param>
/// <param name="read">Reads the value. The flag has the values of the fields before this one.</param>
internal sealed class FlagField<T>(
    string name,
    Func<FlagDefinition, T> get,
    Func<FlagDefinition, T, FlagDefinition> set,
    Func<FlagFieldContext, T> read) : FlagField(name)
{
    /// <summary>Compares the contents of two values. The default is the equality of the type.</summary>
    public Func<T, T, bool> Same { get; init; } = EqualityComparer<T>.Default.Equals;

    public override FlagDefinition Read(FlagDefinition flag, SettingFields fields, List<string> warnings) =>
        set(flag, read(new FlagFieldContext(Name, fields, flag, warnings)));

    public override bool IsSame(FlagDefinition left, FlagDefinition right) => Same(get(left), get(right));
}

/// <summary>What the reading of a field needs.</summary>
/// <param name="Name">The name of the field.</param>
/// <param name="Fields">The written fields of the flag.</param>
/// <param name="Flag">The flag as far as it is read.</param>
/// <param name="Warnings">Takes warnings, as sentences.</param>
internal readonly record struct FlagFieldContext(
    string Name, SettingFields Fields, FlagDefinition Flag, List<string> Warnings);
