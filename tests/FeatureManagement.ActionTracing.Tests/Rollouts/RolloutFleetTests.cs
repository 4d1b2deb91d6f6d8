using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Tests.Support;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>Two processes that share one SQLite file, and a clock.</summary>
public sealed class RolloutFleetTests : IDisposable
{
    private const string Plan = "\"type\": \"linear\", \"duration\": \"00:30:00\", \"startPercentage\": 10";

    private const int Checks = 10; // of each, which is less than a step

    private readonly TempDirectory _directory = new();
    private readonly SqliteStore _oneStore;
    private readonly SqliteStore _otherStore;
    private readonly RolloutHost _one;
    private readonly RolloutHost _other;

    public RolloutFleetTests()
    {
        (_oneStore, _otherStore) = (Open(), Open());
        _one = new RolloutHost(Plan, store: _oneStore);
        _other = new RolloutHost(Plan, time: _one.Time, store: _otherStore);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
        _oneStore.Dispose();
        _otherStore.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Checks_OfBoth_CountEachUserThatEachHasSeenOnce()
    {
        await _one.StartAsync();
        await _one.TickAsync(); // from now on each watches
        await _other.TickAsync();
        for (int i = 0; i < Checks; i++)
        {
            await _one.TickAsync(new Traffic(), users: 10);
            await _other.TickAsync(new Traffic(), users: 7);
        }
        await _one.TickAsync();
        await _other.TickAsync();
        Assert.Equal(10, _one.Status.CurrentPercentage);
        int exposed = Exposed(Checks * 10) + Exposed(Checks * 7);
        Assert.Equal((exposed, Checks * 17 - exposed), (_one.Status.ExposedUnits, _one.Status.ControlUnits));
        Assert.Equal((exposed, Checks * 17 - exposed), (_other.Status.ExposedUnits, _other.Status.ControlUnits));
    }

    [Fact]
    public async Task Step_OfTheOther_LosesNothingThatWasSeenSinceTheLastCheck()
    {
        await _one.StartAsync();
        await _one.TickAsync();
        await _other.TickAsync();
        for (int step = 1; step <= 2; step++)
        {
            decimal percentage = _one.Status.CurrentPercentage;
            _other.Visit(new Traffic(), users: 50);
            for (int i = 0; i < 100 && _one.Status.CurrentPercentage == percentage; i++)
                await _one.TickAsync();
            await _other.TickAsync();
            Assert.Equal(50 * step, _other.Status.ExposedUnits + _other.Status.ControlUnits);
        }
    }

    [Fact]
    public async Task Steps_AreTakenOnceByEitherAndTimeIsMonitoredOnce()
    {
        await _one.StartAsync();
        TimeSpan watched = TimeSpan.Zero;
        for (int i = 0; i < 1_000 && _one.Status.EndedAt is null; i++)
        {
            DateTimeOffset before = _one.Time.GetUtcNow();
            await _one.TickAsync(new Traffic(), users: 2);
            await _other.TickAsync(new Traffic(), users: 2);
            watched += _one.Time.GetUtcNow() - before;
        }
        Assert.Equal(RolloutPhase.Complete, _one.Status.Phase);
        Assert.InRange(_one.Status.MonitoredTime, TimeSpan.FromMinutes(30), watched);
        string[] steps = [.. (await _oneStore.State.ReadAuditAsync(new AuditQuery { OldestFirst = true, Take = AuditQuery.MaxTake }, default))
            .Where(entry => entry.Action is "rollout_step" or "rollout_completed").Select(entry => entry.After!)];
        Assert.Equal(steps.Distinct(), steps);
        Assert.Equal(6, steps.Length); // five minutes each
    }

    private int Exposed(int users) => Enumerable.Range(0, users).Count(i => _one.Flags.IsEnabled(RolloutHost.Name, new FeatureFlagContext { UserId = $"user{i}" }));

    private SqliteStore Open() => new(new SqliteFile(_directory.File("shared.db"), null));
}
