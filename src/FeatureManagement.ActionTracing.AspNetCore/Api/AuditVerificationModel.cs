namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>What verifying the audit found; <paramref name="Entries"/> are the good ones, up to the first bad one.</summary>
internal sealed record AuditVerificationModel(bool Valid, long Entries, long? FirstInvalid, string? Fault, AuditHead Head);
