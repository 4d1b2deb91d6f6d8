using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads flags, and explains their evaluation.</summary>
internal static class FlagEndpoints
{
    public static void MapFlags(this IEndpointRouteBuilder group)
    {
        group.MapRead("api/flags", List);
        group.MapRead("api/flags/{name}", Get);
        group.MapRead("api/flags/{name}/evaluate", EvaluateQuery);
        group.MapPost("api/flags/{name}/evaluate", EvaluateBodyAsync).WithMetadata(RequiredRight.Read);
    }

    private static IResult List(HttpRequest request, IFeatureFlagManager flags, IRolloutManager rollouts)
    {
        QueryParameters parameters = new(request.Query, "name");
        if (parameters.Problem is { } problem)
            return problem;
        return JsonRows.Of(
            Named(parameters.Texts("name"), flags),
            status => FlagModel.Row(status, rollouts),
            FlagModel.Failed,
            ApiJson.Plain.FlagModel);
    }

    // A removed flag is left out, so that a page which asks again for its flags notices.
    private static IEnumerable<FlagStatus> Named(string[] names, IFeatureFlagManager flags)
    {
        if (names.Length == 0)
            return flags.GetAllFlags();
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Select(flags.GetFlag).OfType<FlagStatus>();
    }

    private static IResult Get(string name, HttpContext request, IFeatureFlagManager flags)
    {
        if (flags.GetFlag(name) is { } status)
            return Show(request, status);
        return Unknown(name, flags);
    }

    private static IResult EvaluateQuery(
        string name, HttpRequest request, IFeatureFlagManager flags, FlagEvaluator evaluator)
    {
        QueryParameters parameters = new(request.Query, "userId", "sessionId", "requestId", "groups");
        var asked = new EvaluationRequest
        {
            UserId = parameters.Text("userId"),
            SessionId = parameters.Text("sessionId"),
            RequestId = parameters.Text("requestId"),
            Groups = parameters.Texts("groups"),
        };
        if (parameters.Problem is { } problem)
            return problem;
        return Explain(name, asked, flags, evaluator);
    }

    private static async Task<IResult> EvaluateBodyAsync(
        string name, HttpRequest request, IFeatureFlagManager flags, FlagEvaluator evaluator)
    {
        JsonBody.Read<EvaluationRequest> body = await JsonBody
            .ReadAsync(request, ApiJson.Plain.EvaluationRequest, whenEmpty: EvaluationRequest.Empty)
            .ConfigureAwait(false);
        if (!body.Ok)
            return body.Problem;
        return Explain(name, body.Value, flags, evaluator);
    }

    // An explanation is not an evaluation: no observer is notified.
    private static IResult Explain(
        string name, EvaluationRequest asked, IFeatureFlagManager flags, FlagEvaluator evaluator)
    {
        FlagSnapshot snapshot = evaluator.Snapshot;
        if (!snapshot.TryFind(name, out CompiledFlag? flag))
            return Unknown(name, flags);
        FlagEvaluation evaluation = evaluator.Explain(new EvaluationCall(snapshot, flag, new Subject(asked.ToContext())));
        return Results.Json(EvaluationModel.Of(evaluation), ApiJson.Plain.EvaluationModel);
    }

    /// <summary>The flag, with its ETag.</summary>
    public static IResult Show(HttpContext request, FlagStatus status)
    {
        request.Response.Headers.ETag = FlagEntityTag.Of(status).ToString();
        IRolloutManager rollouts = request.RequestServices.GetRequiredService<IRolloutManager>();
        return JsonRows.One(status, flag => FlagModel.Of(flag, rollouts), FlagModel.Failed, ApiJson.Plain.FlagModel);
    }

    /// <summary>404 for a flag.</summary>
    public static IResult Unknown(string name, IFeatureFlagManager flags) =>
        Problems.UnknownFlag(name, flags.GetAllFlags().Select(flag => flag.Definition.Name));
}
