using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Diagnostics.Background;
using FeatureManagement.ActionTracing.Storage.Bounded;
using Microsoft.Extensions.Logging;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// The store as everything else calls it: each call is bounded by <c>defaultTimeout</c> and made off the caller's thread, and failures are
/// counted and reported. Thread-safe.
/// </summary>
internal sealed class BoundedStore : IActionTracingStore, IActionTracingStoreStatus, IDisposable
{
    private readonly IActionTracingStore _store;
    private readonly StoreHealth _health;
    private readonly StoreCalls _calls;

    /// <exception cref="InvalidOperationException">A part of the store is missing.</exception>
    public BoundedStore(
        IActionTracingStore store, StoreSpace space, IFlagCatalogSource configuration, TimeProvider time,
        StoreMetrics metrics, ILogger<BoundedStore> logger)
    {
        _store = store;
        bool isDurable = Part(store.State, nameof(State)).IsDurable;
        // Cancelled before the limit: a store that observes its token can still say what it waited for.
        var bounded = new BoundedCall(time, () => configuration.Catalog.Settings.DefaultTimeout, cancelsAt: 0.7);
        _health = new StoreHealth(isDurable, space, configuration, time, metrics, logger);
        _calls = new StoreCalls(bounded, _health, configuration);
        State = new BoundedState(store.State, _calls);
        // A write that is waited for to its end says by itself what it waited for.
        var toTheEnd = new BoundedCall(time, () => configuration.Catalog.Settings.DefaultTimeout);
        Units = new BoundedUnits(Part(store.Units, nameof(Units)), _calls, toTheEnd);
        Evaluations = new BoundedEvaluations(Part(store.Evaluations, nameof(Evaluations)), bounded, toTheEnd);
    }

    public BoundedState State { get; }

    public IUnitStore Units { get; }

    public IEvaluationStore Evaluations { get; }

    IStateStore IActionTracingStore.State => State;

    public StoreReport Current => _health.Current;

    public void Update(Func<StoreReport, StoreReport> update) => _health.Update(update);

    public void Dispose() => _health.Dispose();

    /// <summary>Tries an empty commit where writing failed: nothing else says that it works again.</summary>
    /// <exception cref="FlagChangeException">The store failed.</exception>
    public Task ProbeAsync(CancellationToken cancellationToken)
    {
        if (_health.IsWriteFailing)
            return State.CommitAsync(new StoreCommit([], []), cancellationToken);
        return Task.CompletedTask;
    }

    private T Part<T>(T? part, string name) where T : class => part ?? throw new InvalidOperationException(
        $"The store {_store.GetType()} has no part {name}: {nameof(IActionTracingStore)}.{name} is null. Return an "
        + $"implementation of {typeof(T).Name}.");
}
