using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Configuration.LastGood;

/// <summary>A key outside of the section that may have been meant for it.</summary>
internal sealed class OutsideKey
{
    /// <summary>The whole path, with colons.</summary>
    public required string Path { get; init; }

    /// <summary>The last name of the path: a flag's, if this is one.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it lies at the root of configuration.</summary>
    public required bool IsRoot { get; init; }

    /// <summary>Whether a flag may end up here by a brace too few or a misspelled section.</summary>
    public required bool IsPlaceOfFlag { get; init; }

    /// <summary>Whether it is a section whose name is nearly ours, with a field of ours in it.</summary>
    public bool IsMisspelledSection { get; set; }

    /// <summary>Whether it has a <c>type</c> that is a flag's.</summary>
    public bool HasType { get; set; }

    /// <summary>Whether it has a <c>state</c> that is a flag's.</summary>
    public bool HasState { get; set; }

    /// <summary>Whether it has another field of a flag.</summary>
    public bool HasField { get; set; }

    /// <summary>Whether it could be a flag, or the part of one that a second file holds.</summary>
    public bool LooksLikeFlag => HasType || HasState || HasField;

    /// <summary>
    /// Whether this is a whole flag in a place where it has no effect: a fault also where nothing is known from before.
    /// </summary>
    public bool IsMisplacedFlag => IsPlaceOfFlag && HasType && HasState;

    /// <summary>The path for a sentence.</summary>
    public string Place => ForeignText.Quote(Path.Replace(':', '.'));
}
