using FeatureManagement.ActionTracing.Configuration.Reading;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Configuration.Fields;

/// <summary>
/// The fields of a flag, each described once: reading, validation, the names in the schema, the comparison of contents
/// and the audit of edits use this list. A new field is a property of <see cref="FlagDefinition"/>, an entry here and an
/// entry in <c>appsettings.schema.json</c>.
/// </summary>
internal static class FlagFields
{
    /// <summary>All fields, in the order in which they are read and listed.</summary>
    public static readonly FlagField[] All =
    [
        new FlagField<FlagType>(
            "type",
            flag => flag.Type,
            (flag, type) => flag with { Type = type },
            field => field.Fields.Choice<FlagType>(field.Name) ?? default)
        {
            Check = (_, fields) => Require(fields, "type", FlagSpelling.All<FlagType>()),
        },
        new FlagField<FlagState>(
            "state",
            flag => flag.State,
            (flag, state) => flag with { State = state },
            field => field.Fields.Choice<FlagState>(field.Name) ?? default)
        {
            Check = (_, fields) => Require(fields, "state", FlagSpelling.All<FlagState>()),
        },
        new FlagField<string?>(
            "description",
            flag => flag.Description,
            (flag, description) => flag with { Description = description },
            field => field.Fields.Text(field.Name)),
        new FlagField<decimal>(
            "percentage",
            flag => flag.Percentage,
            (flag, percentage) => flag with { Percentage = percentage },
            field => field.Fields.Number(field.Name, 0, 100) ?? 0),
        new FlagField<IReadOnlyList<string>>(
            "whitelist",
            flag => flag.Whitelist,
            (flag, whitelist) => flag with { Whitelist = whitelist },
            field => Ids(field))
        {
            IsList = true,
            Same = Enumerable.SequenceEqual,
        },
        new FlagField<IReadOnlyList<string>>(
            "groups",
            flag => flag.Groups,
            (flag, groups) => flag with { Groups = groups },
            field => Ids(field))
        {
            IsList = true,
            Same = Enumerable.SequenceEqual,
        },
        new FlagField<IReadOnlyList<FlagVariant>>(
            "variants",
            flag => flag.Variants,
            (flag, variants) => flag with { Variants = variants },
            field => VariantReader.Read(field.Fields))
        {
            Same = FlagContent.Same,
            Check = VariantReader.Check,
        },
        new FlagField<string?>(
            "parent",
            flag => flag.Parent,
            (flag, parent) => flag with { Parent = parent },
            field => field.Fields.Text(field.Name) is { Length: > 0 } parent ? parent : null),
        new FlagField<int?>(
            "priority",
            flag => flag.Priority,
            (flag, priority) => flag with { Priority = priority },
            field => field.Fields.Integer(field.Name, 1, int.MaxValue))
        {
            Check = CheckPriority,
        },
        new FlagField<bool>(
            "telemetry",
            flag => flag.Telemetry,
            (flag, telemetry) => flag with { Telemetry = telemetry },
            field => field.Fields.Bool(field.Name) ?? false),
        new FlagField<RolloutConfig?>(
            "rolloutConfig",
            flag => flag.RolloutConfig,
            (flag, rollout) => flag with { RolloutConfig = rollout },
            field => RolloutConfigReader.Read(field.Fields, field.Flag.Name, field.Warnings))
        {
            Same = FlagContent.Same,
        },
        new FlagField<ExperimentConfig?>(
            "experiment",
            flag => flag.Experiment,
            (flag, experiment) => flag with { Experiment = experiment },
            field => ExperimentReader.Read(field.Fields, TypeOf(field.Fields), field.Flag.Variants))
        {
            Same = FlagContent.Same,
        },
    ];

    private static readonly string[] Lists = [.. All.Where(field => field.IsList).Select(field => field.Name)];

    /// <summary>Reads a flag. A field with a fault has its default.</summary>
    public static FlagDefinition Read(string flag, SettingFields fields, List<string> warnings)
    {
        var definition = new FlagDefinition { Name = flag, Type = default, State = default };
        foreach (FlagField field in All)
        {
            if (fields.Node(field.Name) is not null)
                definition = field.Read(definition, fields, warnings);
            field.Check?.Invoke(definition, fields);
        }
        return definition;
    }

    /// <summary>Whether two definitions have the same content; the equality of records ignores that of lists.</summary>
    public static bool AreSame(FlagDefinition left, FlagDefinition right) =>
        ReferenceEquals(left, right) || !Changed(left, right).Any();

    /// <summary>The names of the fields whose contents differ; <c>name</c> where the spelling of the name does.</summary>
    public static IEnumerable<string> Changed(FlagDefinition before, FlagDefinition after)
    {
        if (before.Name != after.Name)
            yield return "name";
        foreach (FlagField field in All)
            if (!field.IsSame(before, after))
                yield return field.Name;
    }

    public static bool IsList(string field) => SettingNames.IsOneOf(field, Lists);

    private static void Require(SettingFields fields, string field, IEnumerable<string> choices)
    {
        if (!fields.HasValue(field))
            fields.Fault(field, $"is missing; it must be one of {string.Join(", ", choices)}");
    }

    private static IReadOnlyList<string> Ids(FlagFieldContext field)
    {
        IReadOnlyList<string> ids = field.Fields.List(field.Name) ?? [];
        if (ids.Contains(""))
            field.Fields.Fault(field.Name, "has an empty id; remove it");
        return ids;
    }

    private static void CheckPriority(FlagDefinition flag, SettingFields fields)
    {
        if (flag.Priority is null)
            return;
        if (TypeOf(fields) is { } type and not FlagType.Boolean)
        {
            string written = FlagSpelling.Write(type);
            fields.Fault("priority", $"makes this an emergency flag, which must be boolean; its type is {written}");
        }
        if (flag.State == FlagState.EmergencyOff)
            fields.Fault("state", "is emergency_off; to turn an emergency flag off, use disabled");
    }

    // Null where the type is missing or not known, which is a fault of its own.
    private static FlagType? TypeOf(SettingFields fields)
    {
        if (FlagSpelling.TryRead(fields.Node("type")?.Value?.Trim(), out FlagType type))
            return type;
        return null;
    }
}
