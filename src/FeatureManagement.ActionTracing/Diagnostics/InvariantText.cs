using System.Globalization;
using System.Runtime.CompilerServices;

namespace FeatureManagement.ActionTracing.Diagnostics;

/// <summary>An interpolated sentence whose numbers and times do not depend on the culture of the machine.</summary>
[InterpolatedStringHandler]
internal ref struct InvariantText(int literalLength, int formattedCount)
{
    private DefaultInterpolatedStringHandler _text = new(literalLength, formattedCount, CultureInfo.InvariantCulture);

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    /// <summary>Returns the sentence. Called once.</summary>
    public override string ToString() => _text.ToStringAndClear();
}
