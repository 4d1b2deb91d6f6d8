using FeatureManagement.ActionTracing.Answering;
using FeatureManagement.ActionTracing.AspNetCore.Access;
using FeatureManagement.ActionTracing.Evaluation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads flags, and explains their evaluation.</summary>
internal static class FlagEndpoints
{
    public static void MapFlags(this IEndpointRouteBuilder group)
    {
        group.MapRead("api/flags", List);
        group.MapRead("api/flags/{name}", Get);
        group.MapRead("api/flags/{name}/evaluate", EvaluateQuery);
        group.MapCall(HttpMethods.Post, "api/flags/{name}/evaluate", EvaluateBodyAsync).WithMetadata(RequiredRight.Read);
    }

    private static IResult List(HttpContext context)
    {
        QueryParameters parameters = new(context.Request.Query, "name");
        if (parameters.Problem is { } problem)
            return problem;
        IRolloutManager rollouts = context.Service<IRolloutManager>();
        IEnumerable<FlagStatus> flags = Named(parameters.Texts("name"), context.Service<IFeatureFlagManager>());
        return JsonRows.List(flags.Select(status => FlagRows.Of(status, rollouts)));
    }

    // A removed flag is left out, so that a page which asks again for its flags notices.
    private static IEnumerable<FlagStatus> Named(string[] names, IFeatureFlagManager flags)
    {
        if (names.Length == 0)
            return flags.GetAllFlags();
        return names.Distinct(StringComparer.OrdinalIgnoreCase).Select(flags.GetFlag).OfType<FlagStatus>();
    }

    private static IResult Get(HttpContext context)
    {
        if (context.Service<IFeatureFlagManager>().GetFlag(context.Route("name")) is { } status)
            return Show(context, status);
        return Unknown(context);
    }

    private static IResult EvaluateQuery(HttpContext context)
    {
        QueryParameters parameters = new(context.Request.Query, "userId", "sessionId", "requestId", "groups");
        var asked = new EvaluationRequest
        {
            UserId = parameters.Text("userId"),
            SessionId = parameters.Text("sessionId"),
            RequestId = parameters.Text("requestId"),
            Groups = parameters.Texts("groups"),
        };
        if (parameters.Problem is { } problem)
            return problem;
        return Explain(context, asked);
    }

    private static async Task<IResult> EvaluateBodyAsync(HttpContext context)
    {
        JsonBody.Read<EvaluationRequest> body = await JsonBody
            .ReadAsync(context.Request, ApiJson.Plain.EvaluationRequest, whenEmpty: EvaluationRequest.Empty)
            .ConfigureAwait(false);
        if (!body.Ok)
            return body.Problem;
        return Explain(context, body.Value);
    }

    // An explanation is not an evaluation: no observer is notified.
    private static IResult Explain(HttpContext context, EvaluationRequest asked)
    {
        FlagEvaluator evaluator = context.Service<FlagEvaluator>();
        FlagSnapshot snapshot = evaluator.Snapshot;
        if (!snapshot.TryFind(context.Route("name"), out CompiledFlag? flag))
            return Unknown(context);
        FlagEvaluation evaluation = evaluator.Explain(new EvaluationCall(snapshot, flag, new Subject(asked.ToContext())));
        return Results.Json(EvaluationModel.Of(evaluation), ApiJson.Plain.EvaluationModel);
    }

    /// <summary>The flag, with its ETag.</summary>
    public static IResult Show(HttpContext context, FlagStatus status)
    {
        context.Response.Headers.ETag = FlagEntityTag.Of(status).ToString();
        IRolloutManager rollouts = context.Service<IRolloutManager>();
        return JsonRows.One(status, flag => FlagModel.Of(flag, rollouts), FlagModel.Failed, ApiJson.Plain.FlagModel);
    }

    /// <summary>404 for a flag.</summary>
    public static IResult Unknown(HttpContext context)
    {
        IEnumerable<FlagStatus> known = context.Service<IFeatureFlagManager>().GetAllFlags();
        return Problems.UnknownFlag(context.Route("name"), known.Select(flag => flag.Definition.Name));
    }
}
