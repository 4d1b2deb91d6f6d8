using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing.AspNetCore.Tests.Integration;

/// <summary>The calls of an application's accessor, in order: the path, and the user that was signed in.</summary>
internal sealed class AccessorCalls
{
    private readonly ConcurrentQueue<string> _calls = new();

    public IReadOnlyList<string> All => [.. _calls];

    public TargetingContext Take(IHttpContextAccessor http)
    {
        HttpContext? request = http.HttpContext;
        string? user = request?.User.FindFirst(ClaimTypes.NameIdentifier)?.Value;
        _calls.Enqueue($"{request?.Request.Path} {user ?? "nobody"}");
        return new TargetingContext { UserId = user, Groups = request?.User.FindAll(ClaimTypes.Role).Select(claim => claim.Value) };
    }
}

/// <summary>An accessor that belongs to a scope, and that works only after authentication.</summary>
internal sealed class ScopedAccessor(IHttpContextAccessor http, AccessorCalls calls) : ITargetingContextAccessor
{
    public ValueTask<TargetingContext> GetContextAsync()
    {
        TargetingContext context = calls.Take(http);
        return context.UserId is null ? throw new InvalidOperationException("Nobody is signed in yet.") : new(context);
    }
}

/// <summary>An accessor that takes its time, and for ever where the request evaluates nothing.</summary>
internal sealed class AsynchronousAccessor(IHttpContextAccessor http, AccessorCalls calls) : ITargetingContextAccessor
{
    private readonly TaskCompletionSource<TargetingContext> _never = new();

    public async ValueTask<TargetingContext> GetContextAsync()
    {
        TargetingContext context = calls.Take(http);
        if (http.HttpContext?.Request.Path == "/nothing")
            return await _never.Task;
        await Task.Yield();
        return context;
    }
}

/// <summary>An accessor that always fails.</summary>
internal sealed class ThrowingAccessor(IHttpContextAccessor http, AccessorCalls calls) : ITargetingContextAccessor
{
    public ValueTask<TargetingContext> GetContextAsync()
    {
        calls.Take(http);
        throw new InvalidOperationException("The directory is down.");
    }
}

/// <summary>An accessor as the documentation of Microsoft.FeatureManagement has it: the first answer is kept for the request.</summary>
internal sealed class CachingAccessor(IHttpContextAccessor http, AccessorCalls calls) : ITargetingContextAccessor
{
    public ValueTask<TargetingContext> GetContextAsync()
    {
        IDictionary<object, object?> items = http.HttpContext!.Items;
        if (!items.TryGetValue(typeof(CachingAccessor), out object? context))
            items[typeof(CachingAccessor)] = context = calls.Take(http);
        return new((TargetingContext)context!);
    }
}
