using Microsoft.FeatureManagement.FeatureFilters;

namespace FeatureManagement.ActionTracing;

/// <summary>The user, session or request that a flag is evaluated for.</summary>
/// <remarks>
/// As a <see cref="TargetingContext"/> of Microsoft.FeatureManagement, its <c>UserId</c> is <see cref="BucketingKey"/>,
/// so that its targeting and variant allocation treat visitors who are not signed in as distinct users. Not thread-safe
/// while it is being changed.
/// </remarks>
public sealed class FeatureFlagContext : TargetingContext
{
    internal const string DefaultKey = "default";
    internal const string Anonymous = "anonymous";

    private string? _userId;
    private string? _sessionId;
    private string? _requestId;

    /// <summary>Creates a context without an identity: its key is <c>default</c>.</summary>
    public FeatureFlagContext() => Refresh();

    /// <summary>The signed-in user, or null. Case-sensitive.</summary>
    public new string? UserId
    {
        get => _userId;
        set { _userId = value; Refresh(); }
    }

    /// <summary>The visitor's session, or null.</summary>
    public string? SessionId
    {
        get => _sessionId;
        set { _sessionId = value; Refresh(); }
    }

    /// <summary>The request, or null.</summary>
    public string? RequestId
    {
        get => _requestId;
        set { _requestId = value; Refresh(); }
    }

    /// <summary>The environment of the caller, for the record; evaluation goes by the host's environment.</summary>
    public string? Environment { get; set; }

    /// <summary>When the context was made, for the record; null where it is not known.</summary>
    public DateTimeOffset? Timestamp { get; set; }

    /// <summary>Other attributes of the caller, for the record.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; set; } = EmptyAttributes;

    /// <summary>
    /// The key of the bucket: the user, else the session, else the request, else <c>default</c>. Never empty.
    /// </summary>
    public string BucketingKey => base.UserId;

    /// <summary>The id to find in an allow-list: the user, else the session, else <c>anonymous</c>.</summary>
    internal string WhitelistIdentity { get; private set; } = Anonymous;

    private static readonly IReadOnlyDictionary<string, string> EmptyAttributes = new Dictionary<string, string>().AsReadOnly();

    private void Refresh()
    {
        string? known = _userId;
        if (string.IsNullOrEmpty(_userId))
            known = _sessionId;
        if (string.IsNullOrEmpty(known))
            WhitelistIdentity = Anonymous;
        else
            WhitelistIdentity = known;
        if (!string.IsNullOrEmpty(known))
            base.UserId = known;
        else if (string.IsNullOrEmpty(_requestId))
            base.UserId = DefaultKey;
        else
            base.UserId = _requestId;
    }
}
