using FeatureManagement.ActionTracing.AspNetCore.Access;
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
        group.MapRead("api/flags", (IFeatureFlagManager flags, IRolloutManager rollouts) =>
            Results.Json([.. flags.GetAllFlags().Select(status => FlagModel.Of(status, rollouts))], ApiJson.Plain.IReadOnlyListFlagModel));

        group.MapRead("api/flags/{name}", (string name, HttpContext request, IFeatureFlagManager flags) =>
            flags.GetFlag(name) is { } status ? Show(request, status) : Unknown(name, flags));

        group.MapRead("api/flags/{name}/evaluate", (string name, string? userId, string? sessionId, string? requestId, string[]? groups, IFeatureFlagManager flags, FlagEvaluator evaluator) =>
            Explain(name, new EvaluationQuestion { UserId = userId, SessionId = sessionId, RequestId = requestId, Groups = groups }, flags, evaluator));

        group.MapPost("api/flags/{name}/evaluate", async (string name, HttpRequest request, IFeatureFlagManager flags, FlagEvaluator evaluator) =>
        {
            JsonBody.Read<EvaluationQuestion> body = await JsonBody.ReadAsync(request, ApiJson.Plain.EvaluationQuestion, whenEmpty: EvaluationQuestion.Nobody).ConfigureAwait(false);
            return body.Ok ? Explain(name, body.Value, flags, evaluator) : body.Problem;
        }).WithMetadata(NeedsRight.Read);
    }

    // Explained, and not evaluated: nobody was given the answer, so no observer is notified.
    private static IResult Explain(string name, EvaluationQuestion question, IFeatureFlagManager flags, FlagEvaluator evaluator)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        return snapshot.TryFind(name, out CompiledFlag? flag)
            ? Results.Json(EvaluationModel.Of(evaluator.Explain(snapshot, flag, new Subject(question.ToContext()))), ApiJson.Plain.EvaluationModel)
            : Unknown(name, flags);
    }

    /// <summary>The flag, with its tag.</summary>
    public static IResult Show(HttpContext request, FlagStatus status)
    {
        request.Response.Headers.ETag = FlagTag.Of(status).ToString();
        return Results.Json(FlagModel.Of(status, request.RequestServices.GetRequiredService<IRolloutManager>()), ApiJson.Plain.FlagModel);
    }

    public static IResult Unknown(string name, IFeatureFlagManager flags) => Problems.UnknownFlag(name, flags.GetAllFlags().Select(flag => flag.Definition.Name));
}
