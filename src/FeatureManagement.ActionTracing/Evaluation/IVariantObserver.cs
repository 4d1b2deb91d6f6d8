namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>Observes which units were given a variant of a flag.</summary>
internal interface IVariantObserver
{
    /// <summary>Records an assigned variant.</summary>
    /// <param name="given">The variants as they were assigned.</param>
    /// <param name="key">The bucketing key of the unit; null for a context of an unknown type.</param>
    /// <param name="variant">The index of the variant; -1 for none.</param>
    void Expose(VariantTable given, string? key, int variant);
}
