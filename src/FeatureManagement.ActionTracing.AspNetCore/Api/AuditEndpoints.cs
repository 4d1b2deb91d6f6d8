using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>What was done to flags, and whether the record of it is as it was written.</summary>
internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder group)
    {
        group.MapRead("api/audit", async (HttpRequest request, IAuditLog audit, CancellationToken aborted) =>
        {
            QueryParameters parameters = new(request.Query, "flag", "source", "actor", "action", "from", "to", "before", "take");
            AuditQuery query = Read(parameters);
            return parameters.Problem ?? await AnswerAsync(async () =>
                Results.Json([.. (await audit.QueryAsync(query, aborted).ConfigureAwait(false)).Select(AuditModel.Of)], ApiJson.Plain.IReadOnlyListAuditModel)).ConfigureAwait(false);
        });

        group.MapRead("api/audit/evaluations", async (HttpRequest request, IEvaluationAudit audit, CancellationToken aborted) =>
        {
            QueryParameters parameters = new(request.Query, "flag", "key", "before", "take");
            var query = new EvaluationAuditQuery
            {
                Flag = parameters.Text("flag"),
                Key = parameters.Text("key"),
                Before = parameters.Entry("before"),
                Take = parameters.Count("take", EvaluationAuditQuery.MaxTake) ?? new EvaluationAuditQuery().Take,
            };
            return parameters.Problem ?? await AnswerAsync(async () =>
                Results.Json([.. (await audit.QueryAsync(query, aborted).ConfigureAwait(false)).Select(EvaluationAuditModel.Of)], ApiJson.Plain.IReadOnlyListEvaluationAuditModel)).ConfigureAwait(false);
        });

        group.MapRead("api/audit/verify", (IAuditLog audit, CancellationToken aborted) => AnswerAsync(async () =>
        {
            AuditVerification found = await audit.VerifyAsync(aborted).ConfigureAwait(false);
            return Results.Json(new AuditVerificationModel(found.Valid, found.Entries, found.FirstInvalid, found.Fault, found.Head), ApiJson.Plain.AuditVerificationModel);
        }));
    }

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

    private static async Task<IResult> AnswerAsync(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer().ConfigureAwait(false);
        }
        catch (StoreException exception)
        {
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, exception.Message);
        }
    }
}
