using CsCheck;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>After any changes, in any order and with restarts in between, a flag is what a simple model says.</summary>
public class LayerModelTests
{
    private static readonly FlagChange Change = new("ann", "because");

    private enum Do
    {
        Update,
        UpdateList,
        Reset,
        Emergency,
        Clear,
        Edit,
        EditWhileDown,
        EditDescription,
        Restart,
        StoreDown,
        StoreUp,
    }

    [Fact]
    public Task Flag_AfterAnySequence_IsWhatTheModelSays() =>
        Gen.Select(Generate.Pick(Enum.GetValues<Do>()), Generate.Pick(FlagState.Disabled, FlagState.Rollout, FlagState.Enabled), Gen.Int[0, 3].Select(i => i * 10m))
            .Array[1, 25]
            .SampleAsync(async steps => await Play(steps), iter: 300);

    private static async Task Play((Do What, FlagState State, decimal Percentage)[] steps)
    {
        var model = new Model(FlagState.Rollout, 10);
        var store = new SwitchedStore();
        FlagServices services = Start(store, model);
        try
        {
            foreach ((Do what, FlagState state, decimal percentage) in steps)
            {
                bool down = store.Fault is not null;
                Model next = model.After(what, state, percentage, down);
                FlagChangeException? refused = null;
                try
                {
                    switch (what)
                    {
                        case Do.Update:
                            await services.Manager.UpdateFlagAsync("flag", new FlagUpdate { State = state, Percentage = percentage }, Change);
                            break;
                        case Do.UpdateList:
                            await services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Whitelist = [$"u{percentage}"] }, Change);
                            break;
                        case Do.Reset:
                            await services.Manager.ResetFlagAsync("flag", Change);
                            break;
                        case Do.Emergency:
                            Assert.Equal(!down, (await services.Manager.EmergencyShutdownAsync("flag", Change)).IsStored);
                            break;
                        case Do.Clear:
                            await services.Manager.ClearEmergencyAsync("flag", Change);
                            break;
                        case Do.Edit or Do.EditDescription:
                            services.Flags.Set(next.Flag);
                            break;
                        case Do.Restart or Do.EditWhileDown:
                            store.Fault = null;
                            await services.Get<StoreSynchronizer>().SyncAsync(default);
                            services.Dispose();
                            services = Start(store, next);
                            await services.Get<StoreSynchronizer>().SyncAsync(default);
                            break;
                        case Do.StoreDown:
                            store.Fault = new IOException("down");
                            break;
                        case Do.StoreUp:
                            store.Fault = null;
                            await services.Get<StoreSynchronizer>().SyncAsync(default);
                            break;
                    }
                }
                catch (FlagChangeException exception)
                {
                    refused = exception;
                }
                Assert.Equal(next.Refused, refused is not null);
                model = next;
                FlagStatus status = services.Manager.GetFlag("flag")!;
                Assert.Equal(
                    (model.EffectiveState, model.EffectivePercentage, string.Join(",", model.Whitelist ?? []), model.Description, model.Source),
                    (status.Definition.State, status.Definition.Percentage, string.Join(",", status.Definition.Whitelist), status.Definition.Description, status.Source));
            }
        }
        finally
        {
            services.Dispose();
        }
    }

    private static FlagServices Start(SwitchedStore store, Model model) => new([model.Flag], before: services => services.AddSingleton<IActionTracingStore>(store));

    private sealed record Model(FlagState State, decimal Percentage)
    {
        public string? Description { get; init; }

        public bool Overridden { get; init; }

        public FlagState? OverrideState { get; init; }

        public decimal? OverridePercentage { get; init; }

        public string[]? Whitelist { get; init; }

        public bool Emergency { get; init; }

        public bool Refused { get; init; }

        public FlagDefinition Flag => Tests.Support.Flag.Percentage("flag", Percentage) with { State = State, Description = Description };

        public FlagState EffectiveState => Emergency ? FlagState.EmergencyOff : OverrideState ?? State;

        public decimal EffectivePercentage => OverridePercentage ?? Percentage;

        public FlagSource Source => Emergency ? FlagSource.Emergency : Overridden ? FlagSource.Override : FlagSource.Configuration;

        public Model After(Do what, FlagState state, decimal percentage, bool down)
        {
            Model same = this with { Refused = false };
            Model refused = this with { Refused = true };
            Model plain = same with { Overridden = false, OverrideState = null, OverridePercentage = null, Whitelist = null };
            return what switch
            {
                Do.Update => down || Emergency ? refused : same with { Overridden = true, OverrideState = state, OverridePercentage = percentage },
                Do.UpdateList => down ? refused : same with { Overridden = true, Whitelist = [$"u{percentage}"] },
                Do.Reset => down || !Overridden ? refused : plain,
                Do.Emergency => same with { Emergency = true },
                Do.Clear => down || !Emergency ? refused : same with { Emergency = false },
                Do.Edit or Do.EditWhileDown => (state, percentage) == (State, Percentage) ? same : plain with { State = state, Percentage = percentage },
                Do.EditDescription => same with { Description = $"{percentage}" },
                _ => same,
            };
        }
    }
}
