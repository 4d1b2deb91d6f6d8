namespace FeatureManagement.ActionTracing.Configuration.Reading;

/// <summary>One entry below a list, as one provider has it.</summary>
/// <param name="Provider">The provider's place among all; later ones win.</param>
/// <param name="Key">The rest of the path: <c>0</c>, <c>alice</c>, <c>0:after</c>. Empty for the list itself.</param>
/// <param name="Value">The value, or null.</param>
internal readonly record struct SettingItem(int Provider, string Key, string? Value);
