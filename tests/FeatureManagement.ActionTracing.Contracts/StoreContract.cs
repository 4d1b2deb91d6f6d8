namespace FeatureManagement.ActionTracing.Contracts;

/// <summary>What every <see cref="Storage.IActionTracingStore"/> must do. Run each case with a store of its own.</summary>
public static class StoreContract
{
    /// <summary>All cases.</summary>
    public static IReadOnlyList<StoreContractCase> Cases { get; } = [.. StateContract.Cases, .. UnitContract.Cases, .. EvaluationContract.Cases];

    /// <summary>Finds a case by its name.</summary>
    /// <param name="name">The <see cref="StoreContractCase.Name"/>.</param>
    public static StoreContractCase Find(string name) => Cases.Single(found => found.Name == name);
}
