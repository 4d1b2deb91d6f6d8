namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Dashboard;

/// <summary>A host with an experiment, and people who take part in it.</summary>
internal sealed class Trial : IAsyncDisposable
{
    public const string Flag = "layout";

    private Trial(DashboardHost host) => Host = host;

    public DashboardHost Host { get; }

    public static async Task<Trial> StartAsync(string grid = "grid", string others = "", int plannedUnits = 10_000) => new(await DashboardHost.StartAsync($$"""
        { "ActionTracing": { "featureFlags": {
          "{{Flag}}": { "type": "multivariate", "state": "enabled",
            "variants": { "list": { "weight": 1 }, "{{grid}}": { "weight": 1 } },
            "experiment": { "control": "list", "primaryMetric": "bought", "plannedUnits": {{plannedUnits}},
              "metrics": { "bought": { "kind": "binary" }, "waited": { "kind": "continuous", "higherIsBetter": false, "role": "guardrail" } } } }
          {{others}} } } }
        """));

    /// <summary>
    /// Lets users see their variants and buy. Lost users of the other variant saw it, and no exposure was recorded.
    /// </summary>
    public async Task RunAsync(int people, int buyersOfList, int buyersOfOther, int lostOfOther = 0)
    {
        IExperimentRecorder recorder = Host.Get<IExperimentRecorder>();
        int[] seen = [0, 0];
        for (int i = 0; i < people; i++)
        {
            var person = new FeatureFlagContext { UserId = $"person-{i}" };
            bool control = Host.Flags.Evaluate(Flag, person).Variant == "list";
            int place = seen[control ? 0 : 1]++;
            if (!control && place % 100 < lostOfOther)
                continue;
            Host.Flags.GetVariant(Flag, person);
            recorder.Record(Flag, person, "waited", 100 + place % 7);
            if (place % 100 < (control ? buyersOfList : buyersOfOther))
                recorder.Record(Flag, person, "bought");
        }
        await recorder.FlushAsync();
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
