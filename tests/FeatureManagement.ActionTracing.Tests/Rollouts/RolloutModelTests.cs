using CsCheck;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

/// <summary>After any changes of a flag and its rollouts, in any order, with outages, restarts and clocks that jump, nothing moves forward that was not watched, and what ends has ended.</summary>
public class RolloutModelTests
{
    private enum Do
    {
        Start,
        StartLater,
        Pause,
        Resume,
        RollBack,
        Complete,
        Update,
        Watch,
        FindRegression,
        FindWrongRatio,
        FindNothing,
        Kill,
        Clear,
        Edit,
        EditDescription,
        Delete,
        Return,
        Restart,
        JumpForwards,
        JumpBackwards,
        Gap,
        StoreDown,
        StoreUp,
    }

    [Fact]
    public Task Rollouts_AfterAnySequence_KeepTheirPromises() =>
        Gen.Select(Generate.Pick([.. Enum.GetValues<Do>(), Do.Start, Do.Start, Do.Watch, Do.Watch, Do.Watch, Do.Return]), Gen.Int[1, 80]).Array[1, 25]
            .SampleAsync(async steps =>
            {
                using var play = new Play();
                await play.RunAsync(steps);
            }, iter: 300);

    private sealed class Play : IDisposable
    {
        private const string Name = "flag";
        private static readonly FlagChange Change = new("ann", "because");
        private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

        private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        private readonly SwitchedStore _store = new();
        private readonly ScriptedSource _source = new();
        private readonly Dictionary<string, (RolloutPhase Phase, string Reason)> _ended = [];
        private readonly HashSet<string> _started = [];
        private readonly Dictionary<string, TimeSpan> _monitored = [];
        private FlagDefinition _configured = Flag.Percentage(Name, 2) with { RolloutConfig = new RolloutConfig { Duration = TimeSpan.FromMinutes(40), StartPercentage = 10, TargetPercentage = 60 } };
        private (FlagState State, decimal Percentage) _beneath = (FlagState.Rollout, 2); // what the flag is without a rollout and without an emergency
        private bool _deleted;
        private long? _lastCheck; // in this process
        private FlagServices? _services;

        private FlagServices Services => _services!;

        private VersionedRecord Layer => Services.Get<SnapshotSource>().Layer(Name);

        public async Task RunAsync((Do What, int Times)[] steps)
        {
            await StartProcessAsync();
            foreach ((Do what, int times) in steps)
                await StepAsync(what, times);
            // Nothing of it was this process's alone.
            await StepAsync(Do.Restart, 1);
            Assert.Equal(_started.Count, _ended.Count + (Layer.Record.Rollout is null ? 0 : 1));
        }

        public void Dispose() => _services?.Dispose();

        private async Task StepAsync(Do what, int times)
        {
            for (int i = what == Do.Watch ? times : 1; i > 0; i--)
            {
                FlagRecord before = Layer.Record;
                bool down = _store.Fault is not null;
                bool done = true;
                try
                {
                    await DoAsync(what, times);
                }
                catch (FlagChangeException)
                {
                    done = false;
                }
                Check(what, done, down, before, Layer.Record);
            }
        }

        private async Task DoAsync(Do what, int times)
        {
            IRolloutManager rollouts = Services.Get<IRolloutManager>();
            switch (what)
            {
                case Do.Start:
                    _started.Add((await rollouts.StartAsync(Name, Change, times % 3 == 0 ? null : Plan(times))).Id);
                    break;
                case Do.StartLater:
                    _started.Add((await rollouts.StartAsync(Name, Change, Plan(times) with { StartAt = _time.GetUtcNow() + Interval * 3 })).Id);
                    break;
                case Do.Pause:
                    await rollouts.PauseAsync(Name, Change);
                    break;
                case Do.Resume:
                    await rollouts.ResumeAsync(Name, Change);
                    break;
                case Do.RollBack:
                    await rollouts.RollBackAsync(Name, Change);
                    break;
                case Do.Complete:
                    await rollouts.CompleteAsync(Name, Change);
                    break;
                case Do.Update:
                    await Services.Manager.UpdateFlagAsync(Name, new FlagUpdate { State = FlagState.Rollout, Percentage = times % 10 }, Change);
                    _beneath = (FlagState.Rollout, times % 10);
                    break;
                case Do.Watch or Do.FindRegression or Do.FindWrongRatio or Do.FindNothing:
                    _source.Finds = what switch
                    {
                        Do.Watch => ScriptedSource.Found.Health,
                        Do.FindRegression => ScriptedSource.Found.Regression,
                        Do.FindWrongRatio => ScriptedSource.Found.WrongRatio,
                        _ => ScriptedSource.Found.Nothing,
                    };
                    _time.Advance(Interval);
                    await Services.Get<RolloutLoop>().TickAsync(default);
                    break;
                case Do.Kill:
                    await Services.Manager.EmergencyShutdownAsync(Name, Change);
                    break;
                case Do.Clear:
                    await Services.Manager.ClearEmergencyAsync(Name, Change);
                    break;
                case Do.Edit:
                    _configured = _configured with { Percentage = times % 10 };
                    Configure();
                    break;
                case Do.EditDescription:
                    _configured = _configured with { Description = $"{times}", RolloutConfig = _configured.RolloutConfig! with { MaxHold = TimeSpan.FromMinutes(times) } };
                    Configure();
                    break;
                case Do.Delete:
                    _deleted = true;
                    Configure();
                    break;
                case Do.Return:
                    _deleted = false;
                    Configure();
                    break;
                case Do.Restart:
                    _store.Fault = null;
                    await Services.Get<StoreSynchronizer>().SyncAsync(default);
                    Services.Dispose();
                    await StartProcessAsync();
                    break;
                case Do.JumpForwards:
                    _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(3));
                    break;
                case Do.JumpBackwards:
                    _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromDays(1));
                    break;
                case Do.Gap:
                    _time.Advance(TimeSpan.FromHours(1));
                    break;
                case Do.StoreDown:
                    _store.Fault = new IOException("down");
                    break;
                case Do.StoreUp:
                    _store.Fault = null;
                    await Services.Get<StoreSynchronizer>().SyncAsync(default);
                    break;
            }
        }

        private void Check(Do what, bool done, bool down, FlagRecord before, FlagRecord after)
        {
            bool isCheck = what is Do.Watch or Do.FindRegression or Do.FindWrongRatio or Do.FindNothing;
            long now = _time.GetTimestamp();
            if (after.Rollout is { } rollout)
            {
                bool sameAsBefore = before.Rollout?.Id == rollout.Id;
                bool watched = what == Do.Watch && !down && sameAsBefore && before.Rollout!.IsApplied && before.Rollout.Phase != RolloutPhase.Paused && _lastCheck is { } last && now > last;
                if (watched)
                    _monitored[rollout.Id] = _monitored.GetValueOrDefault(rollout.Id) + Min(_time.GetElapsedTime(_lastCheck!.Value, now), Interval * 2);
                Assert.True(sameAsBefore || (done && what is Do.Start or Do.StartLater), $"{what} started a rollout");
                Assert.True(!sameAsBefore || rollout.Percentage == before.Rollout!.Percentage || (watched && rollout.Percentage > before.Rollout.Percentage), $"{what} moved a rollout from {before.Rollout?.Percentage} to {rollout.Percentage} %");
                Assert.InRange(rollout.Percentage, rollout.Start, RolloutCurve.At(rollout.Plan, rollout.Start, _monitored.GetValueOrDefault(rollout.Id)));
                Assert.InRange(rollout.Percentage, rollout.Start, rollout.Plan.TargetPercentage);
                Assert.False(_ended.ContainsKey(rollout.Id), "A rollout that had ended goes on.");
                Assert.Null(after.Emergency);
            }
            else if (before.Rollout is { } gone)
            {
                RolloutRecord final = after.LastRollout!;
                Assert.Equal(gone.Id, final.Id);
                Assert.Contains(final.Phase, (RolloutPhase[])[RolloutPhase.Complete, RolloutPhase.RolledBack]);
                _ended.Add(gone.Id, (final.Phase, final.Reason));
                if (final.Phase == RolloutPhase.Complete)
                    _beneath = (FlagState.Rollout, gone.Plan.TargetPercentage);
                else if (gone.Plan.RollbackTo == RollbackTarget.Disabled && gone.Phase != RolloutPhase.Planned && (isCheck || what == Do.RollBack))
                    _beneath = (FlagState.Disabled, _beneath.Percentage);
                Assert.True(final.Phase == RolloutPhase.RolledBack || what == Do.Complete || (what == Do.Watch && !down), $"{what} completed a rollout");
            }
            if (after.LastRollout is { } ended)
                Assert.Equal(_ended[ended.Id], (ended.Phase, ended.Reason));
            // The evidence of a check that the store refused does not count, and the time until it is not monitored.
            if (isCheck)
                _lastCheck = now;

            Assert.True(before.Emergency is null || after.Emergency is not null || (what == Do.Clear && done), $"{what} lifted an emergency");
            FlagDefinition? flag = Services.Manager.GetFlag(Name)?.Definition;
            Assert.Equal(_deleted, flag is null);
            if (flag is not null)
                Assert.Equal(
                    after.Emergency is not null ? (FlagState.EmergencyOff, flag.Percentage)
                    : after.Rollout is { IsApplied: true } applied ? (FlagState.Rollout, applied.Percentage)
                    : _beneath,
                    (flag.State, flag.Percentage));
        }

        private void Configure()
        {
            FlagDefinition[] flags = _deleted ? [] : [_configured];
            bool same = !_deleted && Services.Flags.Catalog.Flags.TryGetValue(Name, out FlagDefinition? was) && was.Percentage == _configured.Percentage;
            Services.Flags.Set(flags);
            if (!same)
                _beneath = (_configured.State, _configured.Percentage);
        }

        private async Task StartProcessAsync()
        {
            _lastCheck = null;
            _services = new FlagServices(_deleted ? [] : [_configured], before: services => services
                .AddSingleton<TimeProvider>(_time).AddSingleton<IActionTracingStore>(_store).AddSingleton<IRolloutMetricsSource>(_source));
            await Services.Get<StoreSynchronizer>().SyncAsync(default);
        }

        private RolloutConfig Plan(int number)
        {
            RolloutConfig plan = _configured.RolloutConfig! with
            {
                Type = (RolloutType)(number % 4),
                RollbackTo = number % 2 == 0 ? RollbackTarget.Disabled : RollbackTarget.Previous,
                TargetPercentage = 60,
            };
            return plan.Type switch
            {
                RolloutType.Stepped => plan with { Checkpoints = [20, 40, 60] },
                RolloutType.Custom => plan with { Schedule = [new(TimeSpan.FromMinutes(10), 30), new(TimeSpan.FromMinutes(20), 60)], Duration = TimeSpan.FromMinutes(20) },
                _ => plan,
            };
        }

        private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
    }
}
