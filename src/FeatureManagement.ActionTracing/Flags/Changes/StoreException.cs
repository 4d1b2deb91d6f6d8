using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing;

/// <summary>
/// The store could not be read: it failed, or did not answer within <c>defaultTimeout</c>. A change that cannot be stored is a
/// <see cref="FlagChangeException"/> with <see cref="FlagChangeError.StoreUnavailable"/>.
/// </summary>
public sealed class StoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">A sentence for the caller. Control characters in it are escaped.</param>
    /// <param name="innerException">The exception of the store, or null.</param>
    public StoreException(string message, Exception? innerException = null)
        : base(ForeignText.Escape(message), innerException)
    {
    }
}
