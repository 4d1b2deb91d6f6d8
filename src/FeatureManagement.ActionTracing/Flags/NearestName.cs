namespace FeatureManagement.ActionTracing.Flags;

/// <summary>Finds the known name that is most similar to a name.</summary>
internal static class NearestName
{
    private const int MaxLength = 200;

    /// <summary>
    /// The known name with the fewest edits, where these are at most a third of its length; else null.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        if (name.Length is 0 or > MaxLength)
            return null;
        string? nearest = null;
        int best = int.MaxValue;
        foreach (string candidate in known)
        {
            int bound = Math.Min(best - 1, Math.Max(1, Math.Max(candidate.Length, name.Length) / 3));
            if (candidate.Length > MaxLength || Math.Abs(candidate.Length - name.Length) > bound)
                continue;
            int edits = Edits(name, candidate);
            if (edits <= bound)
                (nearest, best) = (candidate, edits);
        }
        return nearest;
    }

    // The number of letters to insert, delete, replace or swap with their neighbour. Case-insensitive.
    private static int Edits(string from, string to)
    {
        int length = to.Length + 1;
        Span<int> rows = stackalloc int[3 * length];
        Span<int> beforeLast = rows[..length];
        Span<int> last = rows.Slice(length, length);
        Span<int> row = rows[(2 * length)..];
        for (int j = 0; j < length; j++)
            row[j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            Span<int> oldest = beforeLast;
            beforeLast = last;
            last = row;
            row = oldest;
            row[0] = i;
            for (int j = 1; j < length; j++)
            {
                row[j] = Math.Min(last[j - 1] + (Same(from[i - 1], to[j - 1]) ? 0 : 1), Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(from[i - 1], to[j - 2]) && Same(from[i - 2], to[j - 1]))
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
        }
        return row[^1];
    }

    private static bool Same(char left, char right) => char.ToUpperInvariant(left) == char.ToUpperInvariant(right);
}
