namespace FeatureManagement.ActionTracing.Contracts;

/// <summary>A store does not do what the contract says.</summary>
/// <param name="message">What was expected, and what was there.</param>
public sealed class StoreContractException(string message) : Exception(message);
