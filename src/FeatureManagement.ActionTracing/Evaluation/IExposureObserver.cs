namespace FeatureManagement.ActionTracing.Evaluation;

/// <summary>Observes which units a flag turned on or off by their bucket.</summary>
internal interface IExposureObserver
{
    /// <summary>Records an answer that the bucket decided.</summary>
    /// <param name="flag">The flag as it was evaluated.</param>
    /// <param name="key">The bucketing key of the unit.</param>
    /// <param name="on">The answer.</param>
    void Expose(CompiledFlag flag, string key, bool on);
}
