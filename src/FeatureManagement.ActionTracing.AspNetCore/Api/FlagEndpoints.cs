using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Flags and what they answer.</summary>
internal static class FlagEndpoints
{
    public static void MapFlags(this IEndpointRouteBuilder group)
    {
        group.MapGet("api/flags", (IFeatureFlagManager flags, IRolloutManager rollouts) =>
            Results.Json([.. flags.GetAllFlags().Select(status => FlagModel.Of(status, rollouts))], ApiJson.Plain.IReadOnlyListFlagModel));

        group.MapGet("api/flags/{name}", (string name, HttpContext request, IFeatureFlagManager flags) =>
            flags.GetFlag(name) is { } status ? Show(request, status) : Unknown(name, flags));

        group.MapGet("api/flags/{name}/evaluate", (string name, string? userId, string? sessionId, string? requestId, string[]? groups, IFeatureFlagManager flags, FlagEvaluator evaluator) =>
        {
            FlagSnapshot snapshot = evaluator.Snapshot;
            if (!snapshot.TryFind(name, out CompiledFlag? flag))
                return Unknown(name, flags);
            var context = new FeatureFlagContext
            {
                UserId = userId,
                SessionId = sessionId,
                RequestId = requestId,
                Groups = [.. (groups ?? []).SelectMany(list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))],
            };
            // Explained, and not evaluated: nobody was given the answer, so nobody is told of it.
            return Results.Json(EvaluationModel.Of(evaluator.Explain(snapshot, flag, new Subject(context))), ApiJson.Plain.EvaluationModel);
        });
    }

    /// <summary>The flag, with its tag.</summary>
    public static IResult Show(HttpContext request, FlagStatus status)
    {
        request.Response.Headers.ETag = FlagTag.Of(status).ToString();
        return Results.Json(FlagModel.Of(status, request.RequestServices.GetRequiredService<IRolloutManager>()), ApiJson.Plain.FlagModel);
    }

    public static IResult Unknown(string name, IFeatureFlagManager flags) => Problems.UnknownFlag(name, flags.GetAllFlags().Select(flag => flag.Definition.Name));
}
