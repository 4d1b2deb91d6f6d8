using System.Globalization;
using FeatureManagement.ActionTracing.Diagnostics;

namespace FeatureManagement.ActionTracing.Tests.Diagnostics;

public class InvariantTextTests
{
    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void Text_InAnyCulture_IsTheSame(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            var at = new DateTime(2026, 1, 31, 0, 0, 0, DateTimeKind.Utc);
            Assert.Equal("2.5 % of null at 2026-01-31 00:00:00Z", Of($"{2.5m} % of {null as string ?? "null"} " + $"at {at:u}"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Of(InvariantText text) => text.ToString();
}
