using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Diagnostics;

/// <summary>Calls of code that may throw anything.</summary>
public sealed class SafeCallTests
{
    private static readonly InvalidCastException Failure = new("no");

    [Fact]
    public async Task Call_ThatSucceeds_HasItsResult_AndNoHandlerIsCalled()
    {
        bool ran = false;
        SafeCall.Run(() => ran = true, exception => Assert.Fail(exception.Message));
        Assert.True(ran);
        Assert.Equal(1, SafeCall.Run(() => 1, _ => 2));
        await SafeCall.RunAsync(() => Task.CompletedTask, exception => Assert.Fail(exception.Message));
        Assert.True(await SafeCall.TryAsync(() => Task.CompletedTask));
    }

    [Fact]
    public async Task Call_ThatThrowsAnything_IsHandled()
    {
        var handled = new List<Exception>();
        SafeCall.Run(() => throw Failure, handled.Add);
        await SafeCall.RunAsync(() => throw Failure, handled.Add); // before there is a task
        await SafeCall.RunAsync(() => Task.FromException(Failure), handled.Add);
        Assert.Equal([Failure, Failure, Failure], handled);
        Assert.Equal("no", SafeCall.Run<string>(() => throw Failure, exception => exception.Message));
        Assert.False(await SafeCall.TryAsync(() => Task.FromException(Failure)));
    }

    [Fact]
    public async Task Handler_ThatThrows_IsNotHandled()
    {
        Assert.Throws<IOException>(() => SafeCall.Run(() => throw Failure, _ => throw new IOException()));
        await Assert.ThrowsAsync<IOException>(() => SafeCall.RunAsync(() => throw Failure, _ => throw new IOException()));
    }

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    public void Failure_IsEverythingButTheCancellationThatTheCallerAskedFor(bool isCancellation, bool hasAsked, bool expected)
    {
        Exception exception = isCancellation ? new OperationCanceledException() : Failure;
        Assert.Equal(expected, SafeCall.IsFailure(exception, new CancellationToken(canceled: hasAsked)));
    }
}
