using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.Components.Web;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Connections;

/// <summary>Buttons whose handlers ask for the flag, each for a user of its own, once they have waited for something.</summary>
public sealed class ShopButtons : ComponentBase
{
    private string _said = "starting";

    [Inject]
    public required IFeatureFlagManager Flags { get; init; }

    [Inject]
    public required Signals Waiting { get; init; }

    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _said = "ready";
        StateHasChanged();
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.AddContent(0, Button("good", GoodAsync));
        builder.AddContent(1, Button("broken", BrokenAsync));
        builder.AddContent(2, Button("waiting", WaitingAsync));
        builder.OpenElement(3, "p");
        builder.AddAttribute(4, "id", "said");
        builder.AddContent(5, _said);
        builder.CloseElement();
    }

    private RenderFragment Button(string id, Func<Task> click) => builder =>
    {
        builder.OpenElement(0, "button");
        builder.AddAttribute(1, "id", id);
        builder.AddAttribute(2, "onclick", EventCallback.Factory.Create<MouseEventArgs>(this, click));
        builder.AddContent(3, id);
        builder.CloseElement();
    };

    private async Task GoodAsync()
    {
        await Task.Yield();
        Flags.IsEnabled(Shop.Flag, new FeatureFlagContext { UserId = "alice" });
        _said = "good";
    }

    private async Task BrokenAsync()
    {
        await Task.Yield();
        Flags.IsEnabled(Shop.Flag, new FeatureFlagContext { UserId = "bob" });
        await Task.Yield();
        throw new InvalidOperationException("broken");
    }

    private async Task WaitingAsync()
    {
        Flags.IsEnabled(Shop.Flag, new FeatureFlagContext { UserId = "carol" });
        Waiting.Clicked.SetResult();
        await Waiting.Leave.Task;
    }

    /// <summary>How a test and the page wait for each other.</summary>
    public sealed class Signals
    {
        public TaskCompletionSource Clicked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Leave { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Completes when the browser is gone.</summary>
    public sealed class Watcher(Signals signals) : CircuitHandler
    {
        public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            signals.Gone.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
