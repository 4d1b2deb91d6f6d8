using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Experiments;

/// <summary>Who checks an experiment, when, and what a reader gets.</summary>
public sealed class ExperimentCheckTests
{
    private const string Key = "evidence/experiment/LAYOUT";

    [Fact]
    public async Task Get_BeforeAndAfterACheck_ReadsWhatIsCommittedAndWritesNothing()
    {
        using var host = new ExperimentHost();
        ExperimentResult first = (await host.Get<IExperimentResults>().GetAsync(ExperimentHost.Flag))!;
        Assert.Equal((0, ExperimentVerdict.KeepRunning), (first.Units, first.Verdict));
        ExperimentResult one = await CheckedAsync(host, "u1");
        Assert.Equal(1, one.Units);
        host.See("u2");
        await host.Recorder.FlushAsync();
        long version = (await StateAsync(host)).Version;
        for (int i = 0; i < 3; i++)
            Assert.Equal((1L, one.At), await host.Get<IExperimentResults>().GetAsync(ExperimentHost.Flag) is { } result ? (result.Units, result.At) : default);
        Assert.Equal(version, (await StateAsync(host)).Version);
    }

    [Fact]
    public async Task Check_WithNothingNew_CommitsNothing()
    {
        using var host = new ExperimentHost();
        await CheckedAsync(host, "u1");
        long version = (await StateAsync(host)).Version;
        host.Time.Advance(TimeSpan.FromMilliseconds(1));
        await host.Get<ExperimentChecks>().CheckAsync(ExperimentHost.Flag, default);
        Assert.Equal(version, (await StateAsync(host)).Version);
    }

    [Fact]
    public async Task Check_AnotherInstanceWasFaster_IsMadeAgainOverItsEvidence()
    {
        var store = new SwitchedStore();
        using var host = new ExperimentHost(configure: services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<IActionTracingStore>(services, store));
        await CheckedAsync(host, "u1");
        host.See("u2");
        await host.Recorder.FlushAsync();
        int commits = 0;
        store.BeforeCommit = async _ =>
        {
            if (commits++ > 0)
                return;
            StoredDocument document = (await store.Inner.State.ReadAsync(Key, 0, default)).Documents.Single();
            var evidence = StoredJson.Read<ExperimentEvidence>(document.Json!) with { SampleRatioLogE = 3 };
            await store.Inner.State.CommitAsync(new StoreCommit([new DocumentWrite(Key, StoredJson.Write(evidence), document.Version)], []), default);
        };
        await host.Get<ExperimentChecks>().CheckAsync(ExperimentHost.Flag, default);
        ExperimentResult result = (await host.Get<IExperimentResults>().GetAsync(ExperimentHost.Flag))!;
        Assert.Equal((2L, Math.Exp(-3)), (result.Units, result.SampleRatio.PValue));
    }

    [Fact]
    public async Task Evidence_OfAnEarlierRelease_GetsAResultAtTheFirstTick()
    {
        using var directory = new TempDirectory();
        string database = directory.File("shop.db");
        using (var before = new ExperimentHost(database: database))
        {
            await CheckedAsync(before, "u1");
            StoredDocument document = (await StateAsync(before)).Documents.Single(found => found.Key == Key);
            string earlier = StoredJson.Write(StoredJson.Read<ExperimentEvidence>(document.Json!) with { Result = null });
            await before.Get<IActionTracingStore>().State.CommitAsync(new StoreCommit([new DocumentWrite(Key, earlier, null)], []), default);
        }
        using var host = new ExperimentHost(database: database, flag: "another"); // the experiment has ended
        await host.Get<ExperimentService>().TickAsync(default);
        Assert.Equal(1, (await host.Get<IExperimentResults>().GetAsync(ExperimentHost.Flag))?.Units);
    }

    [Fact]
    public void Documents_OfAnEarlierRelease_AreReadAndWrittenWithTheirNames()
    {
        const string Evidence = """{"run":1,"pValues":{},"guardrails":{},"final":{},"splitLogE":2.5,"history":[]}""";
        Assert.Equal(2.5, StoredJson.Read<ExperimentEvidence>(Evidence).SampleRatioLogE);
        Assert.Equal(Evidence, StoredJson.Write(StoredJson.Read<ExperimentEvidence>(Evidence)));
        const string Tally = """{"units":3,"arms":[{"step":1,"variant":0,"units":3,"split":4,"metrics":[]}],"closed":[]}""";
        Assert.Equal(4, StoredJson.Read<ExperimentTally>(Tally).Arms[0].Sampled);
        Assert.Equal(Tally, StoredJson.Write(StoredJson.Read<ExperimentTally>(Tally)));
    }

    [Fact]
    public void Check_WallClockAnHourBack_IsMadeTenSecondsLater()
    {
        using var host = new ExperimentHost();
        host.See("u1");
        Eventually.True(() => UnitsAfterASecond(host) == 1, () => "Not so: the first unit is checked.");
        host.Time.Adjustment = TimeSpan.FromHours(-1);
        host.See("u2");
        DateTimeOffset end = host.Time.GetUtcNow() + TimeSpan.FromMinutes(10);
        Eventually.True(() => UnitsAfterASecond(host) == 2 || host.Time.GetUtcNow() > end, () => "Not so: the second unit is checked.");
        Assert.True(host.Time.GetUtcNow() <= end);
    }

    private static long UnitsAfterASecond(ExperimentHost host)
    {
        host.Time.Advance(TimeSpan.FromSeconds(1));
        return host.Get<IExperimentResults>().GetAsync(ExperimentHost.Flag).GetAwaiter().GetResult()!.Units;
    }

    private static async Task<ExperimentResult> CheckedAsync(ExperimentHost host, string user)
    {
        host.See(user);
        return await host.ResultAsync();
    }

    private static Task<StoreChanges> StateAsync(ExperimentHost host) => host.Get<IActionTracingStore>().State.ReadAsync("", 0, default);
}
