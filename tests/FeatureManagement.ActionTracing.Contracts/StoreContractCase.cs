using FeatureManagement.ActionTracing.Storage;

namespace FeatureManagement.ActionTracing.Contracts;

/// <summary>One thing that every store must do. Immutable.</summary>
public sealed class StoreContractCase
{
    private readonly Func<IActionTracingStore, Task> _run;

    internal StoreContractCase(string name, Func<IActionTracingStore, Task> run)
    {
        Name = name;
        _run = run;
    }

    /// <summary>What the store must do.</summary>
    public string Name { get; }

    /// <summary>Checks a store.</summary>
    /// <param name="store">A store without content, which the case writes to.</param>
    /// <exception cref="StoreContractException">The store does something else.</exception>
    public Task RunAsync(IActionTracingStore store) => _run(store);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
