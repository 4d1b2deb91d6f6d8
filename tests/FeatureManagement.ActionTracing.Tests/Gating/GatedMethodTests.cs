using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.Tests.Gating;

public sealed class GatedMethodTests
{
    [Fact]
    public async Task On_CallsTheMethod()
    {
        using FlagServices services = Start(Flag.On("search"));
        var search = services.Get<ISearch>();
        Assert.Equal(2, search.Count("ab"));
        Assert.Equal(2L, await search.CountAsync("ab"));
        Assert.Equal("ab", await search.FirstAsync("ab"));
        Assert.Equal(["a", "b"], await ToList(search.All("ab")));
        Assert.Equal("ab", search.Echo("ab"));
        Assert.True(search.TryFind("ab", out string? found));
        Assert.Equal("ab", found);
        await search.IndexAsync();
        search.Clear();
        await search.ForgetAsync();
        Assert.Equal(["index", "clear", "forget"], search.Calls);
    }

    [Fact]
    public async Task Off_AnswersTheFallback()
    {
        using FlagServices services = Start(Flag.Off("search"));
        var search = services.Get<ISearch>();
        Assert.Equal(-1, search.Count("ab"));
        Assert.Equal(7L, await search.CountAsync("ab"));
        Assert.Equal("fallback of ab", await search.FirstAsync("ab"));
        Assert.Equal(["x"], await ToList(search.All("ab")));
        Assert.Empty(await ToList(search.Numbers()));
        Assert.Null(search.Echo("ab"));
        Assert.Equal(0, search.Echo(5));
        Assert.Equal(5, search.EchoOr(5));
        Assert.False(search.TryFind("ab", out string? found));
        Assert.Equal("nothing", found);
        await search.IndexAsync();
        search.Clear();
        await search.ForgetAsync();
        Assert.Equal(0.5m, search.Price());
        Assert.Equal(0, search.Untold());
        Assert.Empty(search.Calls);
    }

    [Fact]
    public void Methods_HaveFlagsOfTheirOwn_AndTheOthersNone()
    {
        using FlagServices services = Start(Flag.Off("search"), Flag.On("other"));
        var search = services.Get<ISearch>();
        Assert.Equal("other", search.Other());
        Assert.Equal("always", search.Always());
        services.Flags.Set(Flag.On("search"), Flag.Off("other"));
        Assert.Null(search.Other());
        Assert.Equal(2, search.Count("ab"));
    }

    [Fact]
    public void Context_IsTheAmbientOne()
    {
        var user = new AmbientUser();
        using FlagServices services = Start(s => s.AddScoped<ITargetingContextAccessor>(_ => user), Flag.List("search", "alice"));
        using IServiceScope scope = services.Provider.CreateScope();
        var search = scope.ServiceProvider.GetRequiredService<ISearch>();
        user.Context = new FeatureFlagContext { UserId = "alice" };
        Assert.Equal(2, search.Count("ab"));
        user.Context = new FeatureFlagContext { UserId = "bob" };
        Assert.Equal(-1, search.Count("ab"));
    }

    [Fact]
    public void WithoutAManager_EverythingIsOn()
    {
        using ServiceProvider provider = new ServiceCollection().AddFeatureFlagged<ISearch, Search>().BuildServiceProvider();
        Assert.Equal(2, provider.GetRequiredService<ISearch>().Count("ab"));
    }

    [Fact]
    public void UnknownFlag_IsOff()
    {
        using FlagServices services = Start(Flag.On("unrelated"));
        Assert.Equal(-1, services.Get<ISearch>().Count("ab"));
    }

    [Fact]
    public async Task Exceptions_ComeAsTheyAre()
    {
        using FlagServices services = Start(Flag.On("search"));
        var search = services.Get<ISearch>();
        Assert.Throws<FormatException>(() => search.Count(""));
        await Assert.ThrowsAsync<FormatException>(() => search.CountAsync(""));
    }

    [Fact]
    public void Implementation_IsDisposedByTheContainer()
    {
        FlagServices services = Start(Flag.On("search"));
        var search = services.Get<ISearch>();
        services.Dispose();
        Assert.Equal(["disposed"], search.Calls);
    }

    [Fact]
    public void OnAndOff_AreComparedForErrors_AndNeitherForLatency()
    {
        var user = new AmbientUser { Context = new FeatureFlagContext { UserId = "alice" } };
        using FlagServices services = Start(s => s.AddSingleton<ITargetingContextAccessor>(user), Flag.Percentage("search", 0));
        using OutcomeWatch watch = services.Get<OutcomeRecorder>().Watch("search", 1, 0, TimeSpan.FromMinutes(5));
        using (services.Get<IActionTracer>().StartAction("act"))
            services.Get<ISearch>().Count("ab");
        Assert.Equal(new RolloutArm { Units = 1, AtRisk = 1 }, watch.Read().Control);

        services.Flags.Set(Flag.Percentage("search", 100));
        watch.BeginStep(2, 100, newRound: true);
        using (services.Get<IActionTracer>().StartAction("act"))
            services.Get<ISearch>().Count("ab");
        Assert.Equal(new RolloutArm { Units = 1, AtRisk = 1 }, watch.Read().Exposed);
    }

    [Fact]
    public void Registration_SaysAllThatDoesNotFit()
    {
        var exception = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddFeatureFlagged<IWrong, Wrong>());
        Assert.Equal(
            [
                "IWrong.Text has the Fallback '1' of type Int32, but the method's result is String.",
                "IWrong.Nothing has the Fallback '1' of type Int32, but the method has no result.",
                "IWrong.Both has both a Fallback and a FallbackMethod; keep one of them.",
                "IWrong.Missing has the FallbackMethod 'None', but Wrong has no method of this name with the same parameters and result.",
                "IWrong.Different has the FallbackMethod 'Text', but Wrong has no method of this name with the same parameters and result.",
                "IWrong.Out has an out parameter, which is not set when the flag is off; give it a FallbackMethod.",
                "IWrong.Generic has the Fallback '1' of type Int32, but the method's result depends on its type arguments; give it a FallbackMethod.",
                "IWrong.Unnamed has a [WithFeatureFlag] without the name of a flag.",
                "IWrong.Loses has the Fallback '1.5' of type Double, but the method's result is Int32.",
                "IWrong.Spans takes or returns a reference or a span, which a flagged service does not support.",
            ],
            exception.Message.Replace(" (Parameter 'service')", "", StringComparison.Ordinal).Split(Environment.NewLine));
        Assert.StartsWith("Search is not an interface", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddFeatureFlagged<Search, Search>()).Message, StringComparison.Ordinal);
        Assert.StartsWith("IDisposable has no method with [WithFeatureFlag]", Assert.Throws<ArgumentException>(() => new ServiceCollection().AddFeatureFlagged<IDisposable, Search>()).Message, StringComparison.Ordinal);
    }

    private static FlagServices Start(params FlagDefinition[] flags) => Start(_ => { }, flags);

    private static FlagServices Start(Action<IServiceCollection> configure, params FlagDefinition[] flags) => new(flags, before: services =>
    {
        configure(services);
        services.AddFeatureFlagged<ISearch, Search>();
    });

    private static async Task<List<T>> ToList<T>(IAsyncEnumerable<T> sequence)
    {
        var list = new List<T>();
        await foreach (T item in sequence)
            list.Add(item);
        return list;
    }
}
