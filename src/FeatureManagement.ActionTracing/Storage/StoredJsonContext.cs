using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.State;
using FeatureManagement.ActionTracing.State.Experiments;
using FeatureManagement.ActionTracing.State.Rollouts;
using FeatureManagement.ActionTracing.Storage.Audit;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>
/// Everything that <see cref="StoredJson"/> writes and reads: without reflection, which an application may have
/// switched off.
/// </summary>
[JsonSerializable(typeof(FlagRecord))]
[JsonSerializable(typeof(FlagEmergency))]
[JsonSerializable(typeof(FlagDefinition))]
[JsonSerializable(typeof(Baseline))]
[JsonSerializable(typeof(InstanceRecord))]
[JsonSerializable(typeof(AuditValues))]
[JsonSerializable(typeof(FeatureFlagSettings))]
[JsonSerializable(typeof(TraceOutputSettings))]
[JsonSerializable(typeof(RolloutConfig))]
[JsonSerializable(typeof(RolloutLedger))]
[JsonSerializable(typeof(ExperimentConfig))]
[JsonSerializable(typeof(ExperimentRun))]
[JsonSerializable(typeof(ExperimentTally))]
[JsonSerializable(typeof(ExperimentEvidence))]
[JsonSerializable(typeof(ExperimentResult))]
internal sealed partial class StoredJsonContext : JsonSerializerContext;
