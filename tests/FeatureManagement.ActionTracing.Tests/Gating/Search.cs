namespace FeatureManagement.ActionTracing.Tests.Gating;

#pragma warning disable CA1716, CA1822 // Fallback methods are methods of the instance.

public interface ICounting
{
    [WithFeatureFlag("search", Fallback = -1)]
    int Count(string text);
}

public interface ISearch : ICounting
{
    IReadOnlyList<string> Calls { get; }

    [WithFeatureFlag("search", Fallback = 7)]
    Task<long> CountAsync(string text);

    [WithFeatureFlag("search", FallbackMethod = "NoFirstAsync")]
    ValueTask<string> FirstAsync(string text);

    [WithFeatureFlag("search", Fallback = new[] { "x" })]
    IAsyncEnumerable<string> All(string text);

    [WithFeatureFlag("search")]
    IAsyncEnumerable<int> Numbers();

    [WithFeatureFlag("search")]
    T? Echo<T>(T value);

    [WithFeatureFlag("search", FallbackMethod = nameof(Search.Same))]
    T EchoOr<T>(T value);

    [WithFeatureFlag("search", FallbackMethod = nameof(Search.FindNothing))]
    bool TryFind(string text, out string? found);

    [WithFeatureFlag("search")]
    Task IndexAsync();

    [WithFeatureFlag("search")]
    void Clear();

    [WithFeatureFlag("search")]
    ValueTask ForgetAsync();

    [WithFeatureFlag("search", Fallback = 0.5)]
    decimal Price();

    [WithFeatureFlag("search")]
    int Untold();

    [WithFeatureFlag("other")]
    string? Other();

    string Always();
}

public sealed class Search : ISearch, IDisposable
{
    private readonly List<string> _calls = [];

    public IReadOnlyList<string> Calls => _calls;

    public int Count(string text) => text.Length == 0 ? throw new FormatException() : text.Length;

    public async Task<long> CountAsync(string text)
    {
        await Task.Yield();
        return text.Length == 0 ? throw new FormatException() : text.Length;
    }

    public ValueTask<string> FirstAsync(string text) => new(text);

    public async IAsyncEnumerable<string> All(string text)
    {
        foreach (char letter in text)
        {
            await Task.Yield();
            yield return letter.ToString();
        }
    }

    public IAsyncEnumerable<int> Numbers() => throw new NotSupportedException();

    public T Echo<T>(T value) => value;

    public T EchoOr<T>(T value) => throw new NotSupportedException();

    public T Same<T>(T value) => value;

    public bool TryFind(string text, out string? found)
    {
        found = text;
        return true;
    }

    public bool FindNothing(string text, out string? found)
    {
        found = "nothing";
        return false;
    }

    public Task IndexAsync() => Note("index");

    public void Clear() => Note("clear");

    public ValueTask ForgetAsync() => new(Note("forget"));

    public decimal Price() => 1;

    public int Untold() => 1;

    public string Other() => "other";

    public string Always() => "always";

    public void Dispose() => Note("disposed");

    private ValueTask<string> NoFirstAsync(string text) => new($"fallback of {text}");

    private Task Note(string call)
    {
        _calls.Add(call);
        return Task.CompletedTask;
    }
}

public interface IWrong
{
    [WithFeatureFlag("flag", Fallback = 1)]
    string Text();

    [WithFeatureFlag("flag", Fallback = 1)]
    Task Nothing();

    [WithFeatureFlag("flag", Fallback = 1, FallbackMethod = "Text")]
    int Both();

    [WithFeatureFlag("flag", FallbackMethod = "None")]
    int Missing();

    [WithFeatureFlag("flag", FallbackMethod = "Text")]
    int Different();

    [WithFeatureFlag("flag")]
    void Out(out int value);

    [WithFeatureFlag("flag", Fallback = 1)]
    T Generic<T>();

    [WithFeatureFlag(" ")]
    void Unnamed();

    [WithFeatureFlag("flag", Fallback = 1.5)]
    int Loses();

    void Spans(Span<int> values);
}

public sealed class Wrong : IWrong
{
    public string Text() => "";

    public Task Nothing() => Task.CompletedTask;

    public int Both() => 0;

    public int Missing() => 0;

    public int Different() => 0;

    public void Out(out int value) => value = 0;

    public T Generic<T>() => default!;

    public void Unnamed()
    {
    }

    public int Loses() => 0;

    public void Spans(Span<int> values)
    {
    }
}
