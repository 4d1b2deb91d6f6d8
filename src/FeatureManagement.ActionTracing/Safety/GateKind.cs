namespace FeatureManagement.ActionTracing.Safety;

/// <summary>The library's two kinds of gates, which ask different interfaces.</summary>
internal enum GateKind
{
    /// <summary><c>[FeatureGate]</c>, on controllers and pages, asks <c>IFeatureManagerSnapshot</c>.</summary>
    Attribute,

    /// <summary><c>WithFeatureGate</c>, on endpoints, asks <c>IVariantFeatureManagerSnapshot</c>.</summary>
    Endpoint,
}
