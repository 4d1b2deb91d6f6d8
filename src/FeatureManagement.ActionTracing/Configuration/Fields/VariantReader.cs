using FeatureManagement.ActionTracing.Configuration.Reading;

namespace FeatureManagement.ActionTracing.Configuration.Fields;

/// <summary>Reads the <c>variants</c> of a flag.</summary>
internal static class VariantReader
{
    /// <summary>The variants, in ordinal case-insensitive order of their names.</summary>
    public static FlagVariant[] Read(SettingFields fields)
    {
        var variants = new List<FlagVariant>();
        foreach ((string name, SettingFields variant) in fields.Map("variants", SettingNames.Variant))
        {
            decimal? weight = variant.Positive("weight");
            if (weight is null && !variant.HasValue("weight"))
                variant.Fault("weight", "is missing; it must be a number greater than 0");
            variants.Add(new FlagVariant { Name = name, Weight = weight ?? 1, Config = ConfigOf(variant) });
        }
        variants.Sort((left, right) => StringComparer.OrdinalIgnoreCase.Compare(left.Name, right.Name));
        return [.. variants];
    }

    public static void Check(FlagDefinition flag, SettingFields fields)
    {
        bool missing = flag.Variants.Count == 0 && fields.Node("variants") is not { HasChildren: true };
        if (flag.Type == FlagType.Multivariate && missing)
            fields.Fault("variants", "is missing; a multivariate flag must have at least one");
    }

    private static KeyValuePair<string, string?>[] ConfigOf(SettingFields variant)
    {
        var config = new SortedDictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (SettingItem item in variant.Node("config")?.Items ?? [])
            if (item.Value is not null)
                config[item.Key] = item.Value;
        return [.. config];
    }
}
