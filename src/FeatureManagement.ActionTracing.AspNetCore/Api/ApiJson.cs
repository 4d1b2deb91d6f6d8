using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard;
using FeatureManagement.ActionTracing.AspNetCore.Dashboard.Live;
using FeatureManagement.ActionTracing.Rollouts;

namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>The JSON of the management API: camelCase, nothing where there is nothing to say.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    PropertyNameCaseInsensitive = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(Spelled<RolloutPhase>), typeof(Spelled<RolloutType>), typeof(Spelled<RollbackTarget>)])]
[JsonSerializable(typeof(Problems.Problem))]
[JsonSerializable(typeof(FlagModel))]
[JsonSerializable(typeof(IReadOnlyList<FlagModel>))]
[JsonSerializable(typeof(EvaluationModel))]
[JsonSerializable(typeof(EmergencyModel))]
[JsonSerializable(typeof(FlagPatch))]
[JsonSerializable(typeof(ReasonBody))]
[JsonSerializable(typeof(IReadOnlyList<AuditModel>))]
[JsonSerializable(typeof(AuditVerificationModel))]
[JsonSerializable(typeof(IReadOnlyList<EvaluationAuditModel>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(StatusModel))]
[JsonSerializable(typeof(Changes))]
[JsonSerializable(typeof(ChangeFeed.Hello))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(RolloutStatus))]
[JsonSerializable(typeof(IReadOnlyList<RolloutStatus>))]
[JsonSerializable(typeof(IReadOnlyList<RolloutPreviewStep>))]
internal sealed partial class ApiJson : JsonSerializerContext;
