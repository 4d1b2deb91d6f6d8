using FeatureManagement.ActionTracing.Statistics;

namespace FeatureManagement.ActionTracing.Tests.Statistics;

/// <summary>Ticks as the vectors write them: exposed, control, bad exposed, bad control; a bar is a change of step.</summary>
internal static class Ticks
{
    /// <summary>The ticks of each step.</summary>
    public static IEnumerable<CountWindow[]> Parse(string ticks) => ticks.Split('|', StringSplitOptions.TrimEntries)
        .Select(step => step.Split(' ').Select(tick => Array.ConvertAll(tick.Split(','), long.Parse) is [var exposed, var control, var badExposed, var badControl]
            ? new CountWindow(exposed, control, badExposed, badControl)
            : throw new FormatException(tick)).ToArray());

    /// <summary>Windows where each request is a unit of its own: a tick without one of the arms waits for the next, until the step ends.</summary>
    public static IEnumerable<CountWindow> OfRequests(string ticks)
    {
        foreach (CountWindow[] step in Parse(ticks))
        {
            CountWindow merged = default;
            foreach (CountWindow tick in step)
            {
                merged += tick;
                if (!merged.IsComparable)
                    continue;
                yield return merged;
                merged = default;
            }
        }
    }

    /// <summary>Windows where units come back: at risk is who was seen in the step so far.</summary>
    public static IEnumerable<CountWindow> OfUnits(string ticks)
    {
        foreach (CountWindow[] step in Parse(ticks))
        {
            long exposed = 0, control = 0;
            foreach (CountWindow tick in step)
                yield return new CountWindow(exposed += tick.Exposed, control += tick.Control, tick.BadExposed, tick.BadControl);
        }
    }
}
