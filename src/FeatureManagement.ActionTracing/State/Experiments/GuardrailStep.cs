using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.State.Experiments;

/// <summary>What a guardrail has seen of one step. Immutable.</summary>
internal sealed record GuardrailStep
{
    // Beyond it neighbours are added together; only the bounds that people see depend on them.
    private const int MaxWindows = 256;

    public required int Number { get; init; }

    /// <summary>The sums at the last check that could be compared.</summary>
    public CountWindow Seen { get; init; }

    /// <summary>What was new at each check that saw a bad outcome.</summary>
    public IReadOnlyList<CountWindow> Windows { get; init; } = [];

    public GuardrailStep Add(CountWindow sums, CountWindow window) => this with
    {
        Seen = sums,
        Windows = !window.IsInformative ? Windows
            : Windows.Count < MaxWindows ? [.. Windows, window]
            : [.. CountWindow.Halve(Windows), window],
    };
}
