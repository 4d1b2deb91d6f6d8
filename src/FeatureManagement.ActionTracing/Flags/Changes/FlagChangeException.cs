using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// A change of a flag was refused, and nothing was changed. The message says what was refused, by which rule, and what
/// to do.
/// </summary>
public sealed class FlagChangeException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">Why the change was refused.</param>
    /// <param name="message">A sentence for the caller. Control characters in it are escaped.</param>
    /// <param name="innerException">What the store said, or null.</param>
    public FlagChangeException(FlagChangeError error, string message, Exception? innerException = null)
        : base(ForeignText.Escape(message), innerException) => (Error, Errors) = (error, [Message]);

    internal FlagChangeException(FlagChangeError error, IReadOnlyList<string> errors)
        : this(error, [.. errors.Select(ForeignText.Escape)], null)
    {
    }

    private FlagChangeException(FlagChangeError error, string[] errors, Exception? innerException)
        : base(string.Join(' ', errors), innerException) => (Error, Errors) = (error, errors);

    /// <summary>Why the change was refused.</summary>
    public FlagChangeError Error { get; }

    /// <summary>Every error, one sentence each. The message joins them.</summary>
    public IReadOnlyList<string> Errors { get; }
}
