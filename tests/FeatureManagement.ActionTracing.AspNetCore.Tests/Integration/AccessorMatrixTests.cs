namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Integration;

/// <summary>
/// Microsoft.FeatureManagement behaves as without us: over Kestrel, for each kind of accessor, each position of <c>UseActionTracing</c> and each way to trace,
/// answers, names, cookies, baggage, warnings and the calls of the accessor are those of the same application without action tracing.
/// </summary>
public sealed class AccessorMatrixTests
{
    private static readonly string?[] Users = ["alice", "bob", null];

    public static TheoryData<string, string> Rows()
    {
        var rows = new TheoryData<string, string>();
        foreach (string accessor in ShopHost.AllAccessors)
            foreach (string position in ShopHost.Positions)
                rows.Add(accessor, position);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task OrdinaryFlags_WithAndWithoutUs_AreTheSame(string accessor, string position)
    {
        Observation without = await ObserveAsync(accessor, null, "off");
        foreach (string tracing in ShopHost.TracingModes)
        {
            Observation with = await ObserveAsync(accessor, position, tracing);
            Assert.Equal(without.Answers, with.Answers);
            Assert.Equal(without.AccessorCalls, with.AccessorCalls);
            Assert.Equal(without.Warnings, with.Warnings);
            // And our own flags are for whom the accessor says, which is asked for nothing else.
            bool known = accessor is not ("none" or "throwing");
            Assert.Equal([$"200  {known}", "200  False"], with.Ours);
            Assert.All(with.CallsForOurs, call => Assert.StartsWith("/ours ", call));
            Assert.All(with.CallsForOurs, call => Assert.DoesNotContain("nobody", call));
        }
    }

    private static async Task<Observation> ObserveAsync(string accessor, string? position, string tracing)
    {
        await using ShopHost host = await ShopHost.StartAsync(accessor, position, tracing);
        var answers = new List<string>();
        foreach (string? user in Users)
            foreach (string path in (string[])["/nothing", "/ordinary", "/gated"])
            {
                if (accessor is "throwing" or "scoped" && path == "/gated")
                    continue; // ends in an exception of the application, which the server logs
                answers.Add($"{user} {path}: {await host.GetAsync(path, user)}");
            }
        IReadOnlyList<string> calls = host.AccessorCalls;
        IReadOnlyList<string> warnings = host.WarningsSinceStart();
        string[] ours = position is null ? [] : [await host.GetAsync("/ours", "alice"), await host.GetAsync("/ours", "bob")];
        return new Observation(answers, calls, warnings, ours, [.. host.AccessorCalls.Skip(calls.Count)]);
    }

    private sealed record Observation(
        IReadOnlyList<string> Answers, IReadOnlyList<string> AccessorCalls, IReadOnlyList<string> Warnings, IReadOnlyList<string> Ours, IReadOnlyList<string> CallsForOurs);
}
