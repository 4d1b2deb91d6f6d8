using System.Reflection;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Gating;

/// <summary>Wraps a service and evaluates the flag of each method that has one. The runtime derives from it.</summary>
internal class GateProxy<TService> : DispatchProxy where TService : class
{
    private TService _target = null!; // set by Around, the only maker
    private GatedMethods _methods = null!;
    private FlagEvaluator? _evaluator;
    private AmbientContext? _ambient;
    private EvaluationWarnings? _warnings;
    private AmbientAction? _action;

    public static TService Around(TService target, GatedMethods methods, IServiceProvider provider)
    {
        TService proxy = Create<TService, GateProxy<TService>>();
        var gate = (GateProxy<TService>)(object)proxy;
        gate._target = target;
        gate._methods = methods;
        gate._evaluator = provider.GetService<FlagEvaluator>();
        gate._ambient = provider.GetService<AmbientContext>();
        gate._warnings = provider.GetService<EvaluationWarnings>();
        gate._action = provider.GetService<AmbientAction>();
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        MethodInfo method = targetMethod!;
        if (_methods.Find(method) is not { } gated)
            return Call(method, args);
        bool on = IsOn(gated.Flag);
        if (_action is { IsWatched: true })
            _action.Current?.Exposures?.NoteFallback(gated.Flag);
        if (on)
            return Call(method, args);
        if (gated.FallbackMethod is not null)
            return Call(gated.FallbackFor(method), args);
        return FallbackResult.Of(method.ReturnType, gated.Fallback);
    }

    private object? Call(MethodInfo method, object?[]? args) => method.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, args, null);

    private bool IsOn(string name)
    {
        if (_evaluator is null)
            return true;
        FlagSnapshot snapshot = _evaluator.Snapshot;
        if (snapshot.TryFind(name, out CompiledFlag? flag))
        {
            Subject subject = snapshot.NeedsContext(flag) ? _ambient!.Get() : Subject.WithoutContext;
            return _evaluator.IsOn(new EvaluationCall(snapshot, flag, subject));
        }
        _warnings!.UnknownFlag(name, snapshot);
        return false;
    }
}
