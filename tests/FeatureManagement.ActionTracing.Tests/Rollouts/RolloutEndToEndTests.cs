using System.Globalization;
using System.Text.RegularExpressions;
using FeatureManagement.ActionTracing.Changes.Exchange;
using FeatureManagement.ActionTracing.Flags.Rollouts;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Rollouts.Checks;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Rollouts;

public class RolloutEndToEndTests
{
    private const string HalfAnHour = "\"duration\": \"00:30:00\"";
    private const string TenPercent = "\"duration\": \"10:00:00\", \"startPercentage\": 10";

    [Theory]
    [InlineData("linear", "")]
    [InlineData("exponential", "")]
    [InlineData("stepped", "")]
    [InlineData("custom", ", \"schedule\": [{ \"after\": \"00:10:00\", \"percentage\": 5 }, { \"after\": \"00:30:00\", \"percentage\": 100 }]")]
    public async Task Healthy_EachType_WalksItsCurveToTheEnd(string type, string more)
    {
        using var host = new RolloutHost($"\"type\": \"{type}\", {HalfAnHour}{more}");
        await host.StartAsync();
        RolloutConfig plan = host.Status.Plan;
        decimal before = 1;
        // The first check opens the watch and adds no monitored time.
        for (int tick = 0; tick < 180; tick++)
        {
            await host.TickAsync(users: 5);
            Assert.Null(host.Status.EndedAt);
            Assert.InRange(host.Status.CurrentPercentage, before, RolloutCurve.At(plan, 1, RolloutHost.Interval * tick));
            before = host.Status.CurrentPercentage;
        }
        await host.TickAsync(users: 5);

        Assert.Equal(RolloutPhase.Complete, host.Status.Phase);
        Assert.Equal(1, host.Status.Progress);
        Assert.Equal((FlagState.Enabled, FlagSource.Override), (host.Flag.Definition.State, host.Flag.Source));
        Assert.All(host.Status.History, step => Assert.NotNull(step.Until));
        Assert.True(host.Status.History.Count >= 2);
    }

    [Fact]
    public async Task Complete_TargetBelow100_StaysARolloutAtItsTarget()
    {
        using var host = new RolloutHost(HalfAnHour + ", \"targetPercentage\": 50");
        await host.StartAsync();
        await host.RunAsync(200);
        Assert.Equal(RolloutPhase.Complete, host.Status.Phase);
        Assert.Equal((FlagState.Rollout, 50m), (host.Flag.Definition.State, host.Flag.Definition.Percentage));
    }

    [Fact]
    public async Task ErrorsFiveTimesAsFrequent_IsRolledBackWithTheNumbers()
    {
        using var host = new RolloutHost(TenPercent, "\"state\": \"canary\", \"percentage\": 3");
        FlagStatus before = host.Flag;
        await host.StartAsync();
        await host.RunAsync(500, new Traffic { ExposedErrors = 0.05 }, users: 100);

        RolloutStatus status = host.Status;
        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
        Assert.InRange(status.History.Sum(step => step.ExposedUnits), 30, 450);
        Assert.Matches(@"^error rate [\d.]+ % with the flag on against [\d.]+ % off, [\d.]+ × worse, as likely as not at least ([\d.]+) ×$", status.Reason);
        // The bound at alpha is 1 but for the overshoot of one check; the one at 50 % says something, and the status keeps the first.
        double half = double.Parse(Regex.Match(status.Reason, @"at least ([\d.]+) ×$").Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(half, 1.5, status.Errors!.Ratio!.Value);
        Assert.InRange(status.Errors.Lower!.Value, 1, half - 0.1);
        Assert.Equal(before.Definition, host.Flag.Definition);
        Assert.Equal(before.Source, host.Flag.Source);
        AuditEntry entry = (await host.Get<IActionTracingStore>().State.ReadAuditAsync(new AuditQuery { Flag = RolloutHost.Name }, default))[0];
        Assert.Equal(("rollout_rolled_back", ChangeSource.Safety, status.Reason), (entry.Action, entry.Source, entry.Reason));

        // Never a step after it.
        await host.TickAsync(users: 100);
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);
        Assert.Empty(host.Rollouts.GetActive());
    }

    [Fact]
    public async Task LatencyHalfAsLongAgain_IsRolledBack()
    {
        using var host = new RolloutHost(TenPercent);
        await host.StartAsync();
        await host.RunAsync(500, new Traffic { ExposedLatency = 15, ControlLatency = 10 }, users: 100);
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);
        Assert.StartsWith("typical latency ", host.Status.Reason, StringComparison.Ordinal);
        Assert.InRange(host.Status.History.Sum(step => step.ExposedUnits), 30, 300);
    }

    [Fact]
    public async Task SameWorseningInBothArms_IsNotRolledBack()
    {
        using var host = new RolloutHost(TenPercent);
        await host.StartAsync();
        await host.RunAsync(30, new Traffic { ExposedLatency = 10, ControlLatency = 10 }, users: 100);
        await host.RunAsync(60, new Traffic { ExposedErrors = 0.2, ControlErrors = 0.2, ExposedLatency = 30, ControlLatency = 30 }, users: 100);
        Assert.Null(host.Status.EndedAt);
        Assert.False(host.Status.IsOnHold);
        Assert.True(host.Status.CurrentPercentage > 10);
    }

    [Fact]
    public async Task ControlIsA404_IsJudgedByThresholdsAlone()
    {
        using var host = new RolloutHost(TenPercent + ", \"safetyThresholds\": { \"maxErrorRate\": 0.1 }");
        await host.StartAsync();
        var gated = new Traffic { ExposedLatency = 30, ControlLatency = 0.1, ControlErrors = 0, IsGated = true };
        await host.RunAsync(60, gated, users: 50);
        Assert.Null(host.Status.EndedAt);
        Assert.Equal("No comparable control: guarded by an error rate of 10 % only.", host.Status.Note);
        Assert.True(host.Status.CurrentPercentage > 10);

        await host.RunAsync(60, gated with { ExposedErrors = 0.5 }, users: 50);
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);
        Assert.Matches(@"^error rate [\d.]+ % over \d+ actions with the flag on in the last 00:05:00; at most 10 % is allowed$", host.Status.Reason);
    }

    [Fact]
    public async Task MeanLatencyAboveItsThreshold_IsRolledBack()
    {
        using var host = new RolloutHost(TenPercent + ", \"guard\": false, \"safetyThresholds\": { \"maxLatency\": 20, \"minimumSamples\": 10 }");
        await host.StartAsync();
        await host.RunAsync(20, new Traffic { ExposedLatency = 10, ControlLatency = 10 }, users: 50);
        Assert.Null(host.Status.EndedAt);
        await host.RunAsync(60, new Traffic { ExposedLatency = 40, ControlLatency = 40 }, users: 50);
        Assert.StartsWith("mean latency ", host.Status.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LongHold_UsersThatComeBack_DoNotBreachAThresholdThatTheirActionsKeep()
    {
        using var host = new RolloutHost("\"duration\": \"10:00:00\", \"startPercentage\": 30, \"safetyThresholds\": { \"maxErrorRate\": 0.1, \"minimumSamples\": 20 }");
        await host.StartAsync();
        await host.Rollouts.PauseAsync(RolloutHost.Name, RolloutHost.Ada);
        // In the end nearly every user has had an error once.
        await host.RunAsync(200, new Traffic { ExposedErrors = 0.03, ControlErrors = 0.03, Returning = 200 }, users: 50);
        Assert.True(host.Status.Errors!.Exposed > 0.5);
        Assert.Equal((RolloutPhase.Paused, 30m), (host.Status.Phase, host.Status.CurrentPercentage));
    }

    [Fact]
    public async Task ManySteps_UsersThatComeBack_AreSeenOnceInARoundAndBadOnceAtAll()
    {
        const int Users = 40;
        using var host = new RolloutHost("""
            "type": "custom", "startPercentage": 13, "schedule": [
              { "after": "00:05:00", "percentage": 14 }, { "after": "00:10:00", "percentage": 15 }, { "after": "00:15:00", "percentage": 16 },
              { "after": "00:20:00", "percentage": 30 }, { "after": "05:00:00", "percentage": 40 }]
            """);
        await host.StartAsync();
        var everybodyFails = new Traffic { ExposedErrors = 1, ControlErrors = 1, Returning = Users };
        await host.RunAsync(110, everybodyFails, users: 100);
        Assert.Equal((4, 16m, Users), (host.Status.History.Count, host.Status.CurrentPercentage, host.Status.ExposedUnits + host.Status.ControlUnits));
        await host.RunAsync(50, everybodyFails, users: 100);
        Assert.Equal((5, 30m, 2 * Users), (host.Status.History.Count, host.Status.CurrentPercentage, host.Status.ExposedUnits + host.Status.ControlUnits));
        RolloutLedger ledger = host.Get<RolloutRuns>().Last(RolloutHost.Name, host.Status.Id)!.Ledger;
        Assert.Equal(Users, ledger.Exposed.Bad + ledger.Control.Bad);
    }

    [Fact]
    public async Task NoTraffic_SamplesAskedFor_Holds()
    {
        using var host = new RolloutHost(HalfAnHour + ", \"safetyThresholds\": { \"minimumSamples\": 100 }");
        await host.StartAsync();
        await host.RunAsync(300);
        Assert.Equal((1m, true, TimeSpan.Zero), (host.Status.CurrentPercentage, host.Status.IsOnHold, host.Status.MonitoredTime));
        Assert.Equal("100 more users with the flag on are needed in this phase (0 of 100 were seen).", host.Status.NextStep);
        Assert.Null(host.Status.EstimatedCompletion);
    }

    [Fact]
    public async Task NoTraffic_NothingAskedFor_IsAPlainTimedRolloutAndSaysSo()
    {
        using var host = new RolloutHost(HalfAnHour);
        await host.StartAsync();
        await host.RunAsync(40);
        Assert.Equal("No users were seen with the flag on yet: nothing but time moves it.", host.Status.Note);
        await host.RunAsync(300);
        Assert.Equal(RolloutPhase.Complete, host.Status.Phase);
    }

    [Fact]
    public async Task ControlBelowOnePercent_GoesOnAndSaysSo()
    {
        using var host = new RolloutHost(HalfAnHour + ", \"startPercentage\": 99.5");
        await host.StartAsync();
        await host.RunAsync(20, users: 10);
        Assert.Equal("Control is too small to compare with: nothing but time moves it.", host.Status.Note);
        await host.RunAsync(300, users: 1);
        Assert.Equal(RolloutPhase.Complete, host.Status.Phase);
    }

    [Fact]
    public async Task SourceFails_HoldsThenPauses()
    {
        var source = new SwitchedSource();
        using var host = new RolloutHost("\"duration\": \"10:00:00\", \"maxHold\": \"00:10:00\"", configure: services => services.AddSingleton<IRolloutMetricsSource>(source));
        await host.StartAsync();
        await host.RunAsync(40);
        decimal reached = host.Status.CurrentPercentage;
        Assert.True(reached > 1);

        source.Fails = true;
        await host.RunAsync(30);
        Assert.True(host.Status.IsOnHold);
        Assert.Equal("The metrics source failed: out of order.", host.Status.NextStep);
        Assert.NotEqual(RolloutPhase.Paused, host.Status.Phase);
        await host.RunAsync(31);
        Assert.Equal((RolloutPhase.Paused, reached), (host.Status.Phase, host.Status.CurrentPercentage));

        source.Fails = false;
        await host.Rollouts.ResumeAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.RunAsync(40);
        Assert.True(host.Status.CurrentPercentage > reached);
    }

    [Fact]
    public async Task SampleRatioMismatch_HoldsUntilAUserResumes()
    {
        var source = new SwitchedSource { Exposed = 200, Control = 800 };
        using var host = new RolloutHost("\"duration\": \"10:00:00\"", configure: services => services.AddSingleton<IRolloutMetricsSource>(source));
        await host.StartAsync();
        await host.RunAsync(100);
        Assert.Equal((1m, true), (host.Status.CurrentPercentage, host.Status.IsOnHold));
        Assert.StartsWith("Sample ratio mismatch: 20 % of 1000 users have the flag on; expected 1 %.", host.Status.NextStep, StringComparison.Ordinal);

        (source.Exposed, source.Control) = (10, 990);
        await host.TickAsync();
        Assert.True(host.Status.IsOnHold);
        int round = source.Round;
        await host.Rollouts.ResumeAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.RunAsync(2);
        Assert.False(host.Status.IsOnHold);
        Assert.Equal(round + 1, source.Round); // else nobody who was seen before would be evidence for the new ratio
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => host.Rollouts.ResumeAsync(RolloutHost.Name, RolloutHost.Ada));
        Assert.Equal(FlagChangeError.Conflict, refused.Error);
    }

    [Fact]
    public async Task ClockJumpsAndGaps_CreditTwoIntervalsAtMost()
    {
        using var host = new RolloutHost("\"duration\": \"10:00:00\"");
        await host.StartAsync();
        await host.TickAsync();
        await host.TickAsync();
        Assert.Equal(RolloutHost.Interval, host.Status.MonitoredTime);
        host.Time.Advance(TimeSpan.FromHours(1));
        await host.TickAsync();
        Assert.Equal(RolloutHost.Interval * 3, host.Status.MonitoredTime);
        host.Time.AdjustTime(host.Time.GetUtcNow() + TimeSpan.FromDays(3));
        await host.TickAsync();
        Assert.InRange(host.Status.MonitoredTime, RolloutHost.Interval * 4, RolloutHost.Interval * 5);
    }

    [Fact]
    public async Task Pause_StopsTheClock()
    {
        using var host = new RolloutHost(HalfAnHour);
        await host.StartAsync();
        await host.RunAsync(10);
        TimeSpan monitored = host.Status.MonitoredTime;
        await host.Rollouts.PauseAsync(RolloutHost.Name, new FlagChange("bob", "lunch"));
        await host.RunAsync(300);
        Assert.Equal((RolloutPhase.Paused, monitored, 1m), (host.Status.Phase, host.Status.MonitoredTime, host.Status.CurrentPercentage));
        Assert.Equal("Paused by bob: lunch. Resume it to continue.", host.Status.NextStep);
        await host.Rollouts.ResumeAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.RunAsync(300);
        Assert.Equal(RolloutPhase.Complete, host.Status.Phase);
    }

    [Fact]
    public async Task Restart_GoesOnWhereItWas()
    {
        var store = new InMemoryStore();
        TimeSpan monitored;
        decimal percentage;
        double evidence;
        using (var host = new RolloutHost(TenPercent, store: store))
        {
            await host.StartAsync();
            await host.RunAsync(70, new Traffic { ExposedErrors = 0.015 }, users: 20);
            (monitored, percentage, evidence) = (host.Status.MonitoredTime, host.Status.CurrentPercentage, host.Status.Errors!.PValue);
            Assert.True(percentage > 10);
        }
        using var again = new RolloutHost(TenPercent, store: store);
        Assert.Equal(percentage, again.Flag.Definition.Percentage);
        await again.TickAsync();
        Assert.Equal((monitored, percentage), (again.Status.MonitoredTime, again.Status.CurrentPercentage));
        Assert.Equal(evidence, again.Status.Errors!.PValue);
        await again.TickAsync();
        Assert.Equal(monitored + RolloutHost.Interval, again.Status.MonitoredTime);
    }

    [Fact]
    public async Task Emergency_EndsTheRolloutAndClearingDoesNotBringItBack()
    {
        using var host = new RolloutHost(HalfAnHour);
        await host.StartAsync();
        await host.RunAsync(10);
        await host.Flags.EmergencyShutdownAsync(RolloutHost.Name, RolloutHost.Ada);
        Assert.Equal((RolloutPhase.RolledBack, "emergency: a test"), (host.Status.Phase, host.Status.Reason));
        await host.TickAsync();
        await host.Flags.ClearEmergencyAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.TickAsync();
        Assert.Equal(FlagState.Disabled, host.Flag.Definition.State);
    }

    [Fact]
    public async Task Update_DuringARollout_IsRefused()
    {
        using var host = new RolloutHost(HalfAnHour);
        await host.StartAsync();
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => host.Flags.UpdateFlagAsync(RolloutHost.Name, new FlagUpdate { Percentage = 50 }, RolloutHost.Ada));
        Assert.Equal(FlagChangeError.Conflict, refused.Error);
    }

    [Fact]
    public async Task EditThatChangesTheAnswer_EndsTheRollout()
    {
        using var host = new RolloutHost(HalfAnHour);
        await host.StartAsync();
        host.Edit(HalfAnHour, "\"state\": \"rollout\", \"percentage\": 7");
        Assert.Equal(7, host.Flag.Definition.Percentage);
        await host.TickAsync();
        Assert.Equal((RolloutPhase.RolledBack, 7m), (host.Status.Phase, host.Flag.Definition.Percentage));
    }

    [Fact]
    public async Task EditOfThresholds_HoldsFromTheNextCheckOn()
    {
        using var host = new RolloutHost(TenPercent + ", \"guard\": false, \"safetyThresholds\": { \"maxErrorRate\": 0.9, \"minimumSamples\": 10 }");
        await host.StartAsync();
        await host.RunAsync(20, new Traffic { ExposedErrors = 0.5 }, users: 50);
        Assert.Null(host.Status.EndedAt);
        host.Edit(TenPercent + ", \"guard\": false, \"safetyThresholds\": { \"maxErrorRate\": 0.2, \"minimumSamples\": 10 }");
        await host.TickAsync(new Traffic { ExposedErrors = 0.5 }, users: 50);
        Assert.Equal(RolloutPhase.RolledBack, host.Status.Phase);
    }

    [Fact]
    public async Task AutoStart_StartsEachContentOnce()
    {
        using var host = new RolloutHost(HalfAnHour + ", \"autoStart\": true");
        await host.TickAsync();
        Assert.Equal(RolloutPhase.Canary, host.Status.Phase);
        string first = host.Status.Id;
        await host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        await host.RunAsync(5);
        Assert.Equal((first, RolloutPhase.RolledBack), (host.Status.Id, host.Status.Phase));

        host.Edit("\"duration\": \"00:45:00\", \"autoStart\": true");
        await host.TickAsync();
        Assert.NotEqual(first, host.Status.Id);
        Assert.Null(host.Status.EndedAt);
    }

    [Fact]
    public async Task PlannedStart_BeginsWhenItsTimeHasCome()
    {
        using var host = new RolloutHost(HalfAnHour + ", \"startAt\": \"2026-01-01T00:01:00Z\"");
        await host.StartAsync();
        Assert.Equal(RolloutPhase.Planned, host.Status.Phase);
        Assert.Equal("Starts at 2026-01-01 00:01:00Z.", host.Status.NextStep);
        Assert.Equal(FlagState.Disabled, host.Flag.Definition.State);
        for (int i = 0; i < 7; i++)
            await host.TickAsync();
        Assert.Equal((RolloutPhase.Canary, 1m), (host.Status.Phase, host.Flag.Definition.Percentage));
    }

    [Theory]
    [InlineData("\"state\": \"enabled\"", 100.0, "Flag 'checkout' is on for 100 % now; a rollout that starts at 5 % would take it away from users. Start at 100 % or above.")]
    [InlineData("\"state\": \"rollout\", \"percentage\": 20", 100.0, "Flag 'checkout' is on for 20 % now; a rollout that starts at 5 % would take it away from users. Start at 20 % or above.")]
    [InlineData("\"state\": \"emergency_off\"", 100.0, "Flag 'checkout' is in emergency; it cannot be rolled out. Clear the emergency first.")]
    [InlineData("\"state\": \"disabled\"", 4.0, "Flag 'checkout' would start at 5 %; the target must be above it, and is 4 %.")]
    public async Task Start_WhereItCannot_IsRefusedWithASentence(string fields, double target, string sentence)
    {
        using var host = new RolloutHost(fields: fields);
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => host.StartAsync(new RolloutConfig { StartPercentage = 5, TargetPercentage = (decimal)target }));
        Assert.Equal((FlagChangeError.Conflict, sentence), (refused.Error, refused.Message));
        Assert.Null(host.Rollouts.GetStatus(RolloutHost.Name));
    }

    [Fact]
    public async Task Start_Twice_IsRefused()
    {
        using var host = new RolloutHost();
        await host.StartAsync();
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => host.StartAsync());
        Assert.Equal("Flag 'checkout' already has a rollout. Roll it back or complete it first.", refused.Message);
    }

    [Fact]
    public async Task RollBack_WithoutARollout_IsRefused()
    {
        using var host = new RolloutHost();
        FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada));
        Assert.Equal(FlagChangeError.Conflict, refused.Error);
    }

    [Fact]
    public async Task RollBack_ToDisabled_LeavesItDisabled()
    {
        using var host = new RolloutHost("\"rollbackTo\": \"disabled\"", "\"state\": \"canary\", \"percentage\": 3");
        await host.StartAsync();
        await host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        Assert.Equal((FlagState.Disabled, FlagSource.Override), (host.Flag.Definition.State, host.Flag.Source));
    }

    [Fact]
    public async Task CompleteByHand_IsEnabledAtOnce()
    {
        using var host = new RolloutHost();
        await host.StartAsync();
        await host.Rollouts.CompleteAsync(RolloutHost.Name, RolloutHost.Ada);
        Assert.Equal((RolloutPhase.Complete, FlagState.Enabled), (host.Status.Phase, host.Flag.Definition.State));
    }

    [Fact]
    public async Task ParentInEmergency_Holds()
    {
        const string fields = "\"state\": \"disabled\", \"parent\": \"shop\"";
        using var host = new RolloutHost();
        host.Edit(HalfAnHour, fields, "\"shop\": { \"type\": \"boolean\", \"state\": \"enabled\" },");
        await host.StartAsync();
        await host.RunAsync(3);
        TimeSpan monitored = host.Status.MonitoredTime;
        await host.Flags.EmergencyShutdownAsync("shop", RolloutHost.Ada);
        await host.RunAsync(100);
        Assert.Equal((monitored, true), (host.Status.MonitoredTime, host.Status.IsOnHold));
        await host.Flags.ClearEmergencyAsync("shop", RolloutHost.Ada);
        await host.RunAsync(3);
        Assert.True(host.Status.MonitoredTime > monitored);
    }

    [Fact]
    public async Task Preview_PrintsTheCurveWithDates()
    {
        using var host = new RolloutHost();
        IReadOnlyList<RolloutPreviewStep> steps = host.Rollouts.Preview(RolloutHost.Name, new RolloutConfig { Duration = TimeSpan.FromMinutes(20) });
        Assert.Equal("00:00 1 Canary, 00:05 25.75 Gradual, 00:10 50.5 Majority, 00:15 75.25 Majority, 00:20 100 Complete",
            string.Join(", ", steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.At:HH:mm} {step.Percentage:0.####} {step.Phase}"))));
        Assert.Null(host.Rollouts.GetStatus(RolloutHost.Name));
        await host.StartAsync();
        Assert.NotEmpty(host.Rollouts.Preview(RolloutHost.Name));
    }

    [Theory]
    [InlineData(""" "type": "custom", "schedule": [{ "after": "00:05:00", "percentage": 20 }, { "after": "00:12:00", "percentage": 50 }] """, "1, 20, 50")]
    [InlineData(""" "type": "stepped", "duration": "00:12:00", "checkpoints": [10, 20] """, "1, 10, 20")]
    [InlineData(""" "type": "stepped", "duration": "00:20:00", "targetPercentage": 60 """, "1, 25, 50, 60")]
    public async Task Complete_AListThatEndsBelow100_LeavesTheFlagThere(string plan, string percentages)
    {
        using var host = new RolloutHost(plan);
        Assert.Equal(percentages, string.Join(", ", host.Rollouts.Preview(RolloutHost.Name).Select(step => step.Percentage.ToString(CultureInfo.InvariantCulture))));
        await host.StartAsync();
        await host.RunAsync(130);
        decimal last = decimal.Parse(percentages.Split(", ")[^1], CultureInfo.InvariantCulture);
        Assert.Equal((RolloutPhase.Complete, last), (host.Status.Phase, host.Status.CurrentPercentage));
        Assert.Equal((FlagState.Rollout, last), (host.Flag.Definition.State, host.Flag.Definition.Percentage));
    }

    [Fact]
    public async Task Start_APlanThatContradictsItself_IsRefused()
    {
        using var host = new RolloutHost();
        RolloutScheduleEntry[] schedule = [new(TimeSpan.FromMinutes(5), 20)];
        await RefusedAsync(new() { Type = RolloutType.Custom, Schedule = schedule, TargetPercentage = 100 }, "targetPercentage is 100, and the last of schedule is 20; ");
        await RefusedAsync(new() { Type = RolloutType.Stepped, Checkpoints = [10, 20], TargetPercentage = 15 }, "targetPercentage is 15, and the last of checkpoints is 20; ");
        await RefusedAsync(new() { Type = RolloutType.Custom, Schedule = schedule, Duration = TimeSpan.FromHours(2) }, "duration is 02:00:00 and has no effect: ");
        await RefusedAsync(new() { Schedule = schedule }, "schedule has no effect: ");
        await RefusedAsync(new() { Checkpoints = [10, 20] }, "checkpoints have no effect: ");
        RolloutStatus started = await host.StartAsync(new() { Type = RolloutType.Stepped, Checkpoints = [10, 20] });
        await host.Rollouts.RollBackAsync(RolloutHost.Name, RolloutHost.Ada);
        Assert.Equal(20, (await host.StartAsync(started.Plan)).TargetPercentage);

        async Task RefusedAsync(RolloutConfig plan, string sentence)
        {
            FlagChangeException refused = await Assert.ThrowsAsync<FlagChangeException>(() => host.StartAsync(plan));
            Assert.Equal(FlagChangeError.Invalid, refused.Error);
            Assert.StartsWith($"Flag 'checkout': rolloutConfig.{sentence}", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task GetRolloutProgress_IsTheTickets()
    {
        using var host = new RolloutHost(HalfAnHour + ", \"targetPercentage\": 50");
        Assert.Null(host.Flags.GetRolloutProgress("nothing"));
        Assert.Equal(100, host.Flags.GetRolloutProgress(RolloutHost.Name)!.TargetPercentage);
        await host.StartAsync();
        await host.RunAsync(40);
        RolloutProgress progress = host.Flags.GetRolloutProgress(RolloutHost.Name)!;
        Assert.Equal((RolloutHost.Name, FlagState.Rollout, FlagType.Percentage, 50m), (progress.Flag, progress.State, progress.Type, progress.TargetPercentage));
        Assert.Equal(host.Flag.Definition.Percentage, progress.CurrentPercentage);
        Assert.Equal(host.Time.GetUtcNow() + TimeSpan.FromMinutes(30) - host.Status.MonitoredTime, progress.EstimatedCompletion);
    }

    [Fact]
    public async Task TwoProcesses_OneStore_CreditOnceStepOnceAndRollBackTogether()
    {
        var store = new InMemoryStore();
        using var one = new RolloutHost(TenPercent, store: store);
        using var two = new RolloutHost(TenPercent, time: one.Time, store: store);
        await one.StartAsync();
        var traffic = new Traffic { ExposedErrors = 0.01 };
        for (int i = 0; i < 100; i++)
        {
            await one.TickAsync(traffic, 10);
            await two.Get<StoreSynchronizer>().SyncAsync(default);
            await two.Get<RolloutLoop>().TickAsync(default);
        }
        await two.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.InRange(one.Status.MonitoredTime, RolloutHost.Interval * 90, RolloutHost.Interval * 100);
        Assert.Equal(one.Status.CurrentPercentage, two.Status.CurrentPercentage);
        Assert.Equal(one.Status.History.Count, one.Status.History.Select(step => step.Percentage).Distinct().Count());
        long alone = one.Status.ExposedUnits;

        await two.TickAsync(traffic, 200);
        Assert.True(two.Status.ExposedUnits > alone);
        await two.RunAsync(200, new Traffic { ExposedErrors = 0.3 }, users: 50);
        Assert.Equal(RolloutPhase.RolledBack, two.Status.Phase);
        await one.Get<StoreSynchronizer>().SyncAsync(default);
        Assert.Equal((RolloutPhase.RolledBack, FlagState.Disabled), (one.Status.Phase, one.Flag.Definition.State));
    }

    private sealed class SwitchedSource : IRolloutMetricsSource
    {
        public bool Fails { get; set; }

        public long Exposed { get; set; }

        public long Control { get; set; }

        public int Round { get; private set; }

        public ValueTask<RolloutObservations> ReadAsync(RolloutQuery query, CancellationToken cancellationToken) => Fails
            ? throw new InvalidOperationException("out of order.")
            : See(query);

        private ValueTask<RolloutObservations> See(RolloutQuery query)
        {
            Round = query.Round;
            return ValueTask.FromResult(new RolloutObservations { Exposed = new() { Units = Exposed }, Control = new() { Units = Control }, Actions = new(0, 0, default), Window = new(0, 0, default) });
        }

        public void Forget(string flag)
        {
        }
    }
}
