namespace FeatureManagement.ActionTracing.Flags;

/// <summary>Finds what somebody probably meant.</summary>
internal static class NearestName
{
    private const int MaxLength = 200;

    /// <summary>The known name with the fewest edits, where these are at most a third of its length; else null.</summary>
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

    // Levenshtein's distance, without regard to case.
    private static int Edits(string from, string to)
    {
        Span<int> row = stackalloc int[to.Length + 1];
        for (int j = 0; j < row.Length; j++)
            row[j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.Length; j++)
            {
                bool same = char.ToUpperInvariant(from[i - 1]) == char.ToUpperInvariant(to[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(diagonal + (same ? 0 : 1), Math.Min(row[j], row[j - 1]) + 1));
            }
        }
        return row[^1];
    }
}
