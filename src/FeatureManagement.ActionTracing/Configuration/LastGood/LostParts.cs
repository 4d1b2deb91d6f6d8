using FeatureManagement.ActionTracing.Configuration.Reading;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>Finds the parts of a flag that an edit has lost, and where each may be now. Pure.</summary>
internal sealed class LostParts(CatalogReading before, Lazy<ILookup<string, NewKey>> newKeys)
{
    public FlagPart[] Of(FlagReading flag)
    {
        if (!before.Parts.TryGetValue(flag.Name, out IReadOnlyList<FlagPart>? parts) || parts.SequenceEqual(flag.Parts))
            return [];
        return [.. parts.Except(flag.Parts)];
    }

    /// <summary>The new key that may have the lost part, or null.</summary>
    public NewKey? PlaceOf(string flag, FlagPart lost)
    {
        // A misplaced part keeps a name: that of the flag, of all flags, of the field, or of the environment.
        if ((newKeys.Value[flag].FirstOrDefault() ?? newKeys.Value["featureFlags"].FirstOrDefault()) is { } key)
            return key;
        string[] names = lost.Path.Split(':');
        bool isOverlay = names.Length > 1 && names[0].Equals("environments", StringComparison.OrdinalIgnoreCase);
        int last = 1;
        if (isOverlay)
            last = Math.Min(names.Length, 3);
        for (int i = 0; i < last; i++)
        {
            // The name of an environment is normal below environments.
            bool isEnvironment = isOverlay && i == 1;
            if (newKeys.Value[names[i]].FirstOrDefault(found => !(isEnvironment && found.IsEnvironment)) is { } place)
                return place;
        }
        return null;
    }
}
