namespace FeatureManagement.ActionTracing.AspNetCore.Api;

/// <summary>
/// The result of verifying the audit. <paramref name="Entries"/> counts the valid entries before the first invalid one.
/// </summary>
internal sealed record AuditVerificationModel(
    bool Valid, long Entries, long? FirstInvalid, string? Fault, AuditHead Head)
{
    public static AuditVerificationModel Of(AuditVerification found) =>
        new(found.IsValid, found.Entries, found.FirstInvalid, found.Fault, found.Head);
}
