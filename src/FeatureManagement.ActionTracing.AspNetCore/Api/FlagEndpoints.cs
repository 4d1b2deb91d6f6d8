using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.Evaluation;
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
        group.MapRead("api/flags", (HttpRequest request, IFeatureFlagManager flags, IRolloutManager rollouts) =>
        {
            QueryParameters parameters = new(request.Query, "name");
            string[] names = parameters.Texts("name");
            // One that is gone is left out, so that a page that asks again for what it shows sees it go.
            IEnumerable<FlagStatus> asked = names.Length == 0 ? flags.GetAllFlags() : names.Distinct(StringComparer.OrdinalIgnoreCase).Select(flags.GetFlag).OfType<FlagStatus>();
            return parameters.Problem ?? JsonRows.Of(asked, status => FlagModel.Row(status, rollouts), FlagModel.Failed, ApiJson.Plain.FlagModel);
        });

        group.MapRead("api/flags/{name}", (string name, HttpContext request, IFeatureFlagManager flags) =>
            flags.GetFlag(name) is { } status ? Show(request, status) : Unknown(name, flags));

        group.MapRead("api/flags/{name}/evaluate", (string name, HttpRequest request, IFeatureFlagManager flags, FlagEvaluator evaluator) =>
        {
            QueryParameters parameters = new(request.Query, "userId", "sessionId", "requestId", "groups");
            var question = new EvaluationRequest { UserId = parameters.Text("userId"), SessionId = parameters.Text("sessionId"), RequestId = parameters.Text("requestId"), Groups = parameters.Texts("groups") };
            return parameters.Problem ?? Explain(name, question, flags, evaluator);
        });

        group.MapPost("api/flags/{name}/evaluate", async (string name, HttpRequest request, IFeatureFlagManager flags, FlagEvaluator evaluator) =>
        {
            JsonBody.Read<EvaluationRequest> body = await JsonBody.ReadAsync(request, ApiJson.Plain.EvaluationRequest, whenEmpty: EvaluationRequest.Nobody).ConfigureAwait(false);
            return body.Ok ? Explain(name, body.Value, flags, evaluator) : body.Problem;
        }).WithMetadata(RequiredRight.Read);
    }

    // Explained, and not evaluated: nobody was given the answer, so no observer is notified.
    private static IResult Explain(string name, EvaluationRequest question, IFeatureFlagManager flags, FlagEvaluator evaluator)
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
        IRolloutManager rollouts = request.RequestServices.GetRequiredService<IRolloutManager>();
        return JsonRows.One(status, flag => FlagModel.Of(flag, rollouts), FlagModel.Failed, ApiJson.Plain.FlagModel);
    }

    public static IResult Unknown(string name, IFeatureFlagManager flags) => Problems.UnknownFlag(name, flags.GetAllFlags().Select(flag => flag.Definition.Name));
}
