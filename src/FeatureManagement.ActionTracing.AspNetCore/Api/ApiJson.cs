using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>The JSON of the management API: camelCase, without null values.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(SnakeCaseEnum<RolloutPhase>), typeof(RolloutPlanConverter)])]
[JsonSerializable(typeof(Problems.Problem))]
[JsonSerializable(typeof(FlagModel))]
[JsonSerializable(typeof(IReadOnlyList<FeatureModel>))]
[JsonSerializable(typeof(EvaluationModel))]
[JsonSerializable(typeof(EvaluationRequest))]
[JsonSerializable(typeof(EmergencyModel))]
[JsonSerializable(typeof(FlagPatch))]
[JsonSerializable(typeof(ReasonBody))]
[JsonSerializable(typeof(IReadOnlyList<AuditModel>))]
[JsonSerializable(typeof(AuditVerificationModel))]
[JsonSerializable(typeof(IReadOnlyList<EvaluationAuditModel>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(StatusModel))]
[JsonSerializable(typeof(LiveChanges))]
[JsonSerializable(typeof(ChangeFeed.Hello))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(RolloutStatus))]
[JsonSerializable(typeof(IReadOnlyList<RolloutPreviewStep>))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>The JSON without escapes for HTML: a response is never part of a page.</summary>
    public static ApiJson Plain => field ??= new ApiJson(
        new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
