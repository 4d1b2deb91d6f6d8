using FeatureManagement.ActionTracing.Diagnostics.Background;
using Microsoft.Extensions.Time.Testing;

namespace FeatureManagement.ActionTracing.Tests.Diagnostics;

/// <summary>How a call is bounded.</summary>
public sealed class BoundedCallTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BoundedCall _call;

    public BoundedCallTests() => _call = new BoundedCall(_time, () => TimeSpan.FromSeconds(10), cancelsAt: 0.7);

    [Fact]
    public async Task Call_InTime_ReturnsOrThrowsWhatItDoes()
    {
        Assert.Equal(7, await _call.RunAsync(_ => Task.FromResult(7), default));
        Assert.Equal(7, await _call.RunInlineAsync(_ => Task.FromResult(7), default));
        Assert.Equal(7, await _call.RunToEndAsync(_ => Task.FromResult(7), default));
        Exception thrown = await Assert.ThrowsAsync<IOException>(() => _call.RunAsync<int>(_ => throw new IOException("no"), default));
        Assert.False(BoundedCall.IsLate(thrown));
    }

    [Fact]
    public async Task Call_ThatObeysItsToken_IsLateAtItsPartOfTheLimit()
    {
        Task<bool> call = _call.RunInlineAsync(Obedient, default);
        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(BoundedCall.IsLate(await Assert.ThrowsAsync<TimeoutException>(() => call)));
    }

    [Fact]
    public async Task Call_ThatIgnoresItsToken_IsLateAtTheLimit()
    {
        var never = new TaskCompletionSource<bool>();
        Task<bool> call = _call.RunInlineAsync(_ => never.Task, default);
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(BoundedCall.IsLate(await Assert.ThrowsAsync<TimeoutException>(() => call)));
    }

    [Fact]
    public async Task CallToItsEnd_ThatIgnoresItsToken_IsWaitedFor()
    {
        var late = new TaskCompletionSource<bool>();
        var begun = new TaskCompletionSource();
        Task<bool> call = _call.RunToEndAsync(
            _ =>
            {
                begun.SetResult();
                return late.Task;
            },
            default);
        await begun.Task;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(call.IsCompleted);
        late.SetResult(true);
        Assert.True(await call);
    }

    [Fact]
    public async Task Cancellation_OfTheCaller_ReachesTheCallAndIsNotLate()
    {
        using var caller = new CancellationTokenSource();
        CancellationToken seen = default;
        Task<bool> call = _call.RunInlineAsync(
            token =>
            {
                seen = token;
                return Obedient(token);
            },
            caller.Token);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.True(seen.IsCancellationRequested);
    }

    private static async Task<bool> Obedient(CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return true;
    }
}
