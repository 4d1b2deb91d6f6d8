using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>Reads the audit of changes and of evaluations, and verifies the audit chain.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder group)
    {
        group.MapRead("api/audit", ChangesAsync);
        group.MapRead("api/audit/evaluations", EvaluationsAsync);
        group.MapRead("api/audit/verify", VerifyAsync);
    }

    private static async Task<IResult> ChangesAsync(HttpContext context)
    {
        QueryParameters parameters =
            new(context.Request.Query, "flag", "source", "actor", "action", "from", "to", "before", "take");
        AuditQuery query = Read(parameters);
        if (parameters.Problem is { } problem)
            return problem;
        return await ReadErrors.HandleAsync(async () =>
        {
            IReadOnlyList<AuditEntry> entries =
                await context.Service<IAuditLog>().QueryAsync(query, context.RequestAborted).ConfigureAwait(false);
            return Results.Json([.. entries.Select(AuditModel.Of)], ApiJson.Plain.IReadOnlyListAuditModel);
        }).ConfigureAwait(false);
    }

    private static async Task<IResult> EvaluationsAsync(HttpContext context)
    {
        QueryParameters parameters = new(context.Request.Query, "flag", "key", "before", "take");
        var query = new EvaluationAuditQuery
        {
            Flag = parameters.Text("flag"),
            Key = parameters.Text("key"),
            Before = parameters.Entry("before"),
            Take = parameters.Count("take", EvaluationAuditQuery.MaxTake) ?? new EvaluationAuditQuery().Take,
        };
        if (parameters.Problem is { } problem)
            return problem;
        return await ReadErrors.HandleAsync(async () =>
        {
            IReadOnlyList<EvaluationAuditEntry> entries =
                await context.Service<IEvaluationAudit>().QueryAsync(query, context.RequestAborted).ConfigureAwait(false);
            return Results.Json(
                [.. entries.Select(EvaluationAuditModel.Of)], ApiJson.Plain.IReadOnlyListEvaluationAuditModel);
        }).ConfigureAwait(false);
    }

    private static Task<IResult> VerifyAsync(HttpContext context) =>
        ReadErrors.HandleAsync(async () =>
        {
            AuditVerification found =
                await context.Service<IAuditLog>().VerifyAsync(context.RequestAborted).ConfigureAwait(false);
            return Results.Json(AuditVerificationModel.Of(found), ApiJson.Plain.AuditVerificationModel);
        });

    private static AuditQuery Read(QueryParameters parameters)
    {
        var query = new AuditQuery
        {
            Flag = parameters.Text("flag"),
            Source = parameters.Choice<ChangeSource>("source"),
            Actor = parameters.Text("actor"),
            Action = parameters.Text("action"),
            From = parameters.Time("from"),
            To = parameters.Time("to"),
            Before = parameters.Entry("before"),
            Take = parameters.Count("take", AuditQuery.MaxTake) ?? new AuditQuery().Take,
        };
        if (query.From > query.To)
            parameters.Refuse("from is after to; it must be before it.");
        return query;
    }
}
