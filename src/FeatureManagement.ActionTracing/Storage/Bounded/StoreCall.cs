namespace FeatureManagement.ActionTracing.Storage.Bounded;

/// <summary>The kinds of calls to a store.</summary>
internal enum StoreCall
{
    Read,

    /// <summary>A read on the caller's thread, which the store may block.</summary>
    InlineRead,

    /// <summary>A read of the audit. It may take long because the audit is large: then the store has not failed.</summary>
    AuditRead,

    Write,
}
