using System.Text.Json.Serialization;
using FeatureManagement.ActionTracing.Auditing;
using FeatureManagement.ActionTracing.Configuration;
using FeatureManagement.ActionTracing.Experiments;
using FeatureManagement.ActionTracing.Flags;
using FeatureManagement.ActionTracing.Rollouts;
using FeatureManagement.ActionTracing.Runtime;

namespace FeatureManagement.ActionTracing.Storage;

/// <summary>Everything that <see cref="StoredJson"/> writes and reads: without reflection, which an application may have switched off.</summary>
[JsonSerializable(typeof(FlagRecord))]
[JsonSerializable(typeof(FlagEmergency))]
[JsonSerializable(typeof(FlagDefinition))]
[JsonSerializable(typeof(ConfiguredAnswer))]
[JsonSerializable(typeof(FleetMember))]
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
