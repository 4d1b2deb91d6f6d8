using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FeatureManagement.ActionTracing.Diagnostics;
using FeatureManagement.ActionTracing.Flags;

namespace FeatureManagement.ActionTracing.Storage.Audit;

/// <summary>The canonical form of an audit entry and its hash (docs/audit.md). Pure.</summary>
internal static class AuditChain
{
    private const int MaxKept = 64 * 1024;

    // Verification needs one for each entry.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Scratch;

    public static string HashOf(AuditEntry entry) => Convert.ToHexStringLower(SHA256.HashData(Form(entry).WrittenSpan));

    /// <summary>What is wrong with an entry that should follow a head, as a sentence; null where nothing is.</summary>
    public static string? FaultOf(AuditHead head, AuditEntry entry)
    {
        if (entry.Number != head.Number + 1)
            return $"Entry {head.Number + 1} is missing; the next one is {entry.Number}.";
        if (entry.Hash != HashOf(entry))
            return $"Entry {entry.Number} was edited: its hash is not that of its content.";
        if (entry.PreviousHash == head.Hash)
            return null;
        return $"Entry {entry.Number} was exchanged or moved: it is not chained to the one before it.";
    }

    /// <summary>
    /// Each field as its length in bytes, a colon, the text and a comma; <c>-,</c> for null. No two entries have the
    /// same form.
    /// </summary>
    public static string Canonical(AuditEntry entry) => Encoding.UTF8.GetString(Form(entry).WrittenSpan);

    private static ArrayBufferWriter<byte> Form(AuditEntry entry)
    {
        ArrayBufferWriter<byte> form;
        if (Scratch is { Capacity: <= MaxKept } kept)
            form = kept;
        else
            form = Scratch = new ArrayBufferWriter<byte>(4_096);
        form.ResetWrittenCount();
        foreach (string? field in Fields(entry))
        {
            if (field is null)
            {
                form.Write("-,"u8);
                continue;
            }
            int length = Encoding.UTF8.GetByteCount(field);
            length.TryFormat(form.GetSpan(11), out int digits, default, CultureInfo.InvariantCulture);
            form.Advance(digits);
            form.Write(":"u8);
            form.Advance(Encoding.UTF8.GetBytes(field, form.GetSpan(length)));
            form.Write(","u8);
        }
        return form;
    }

    /// <summary>
    /// The entry with text that every store gives back as it was, so that what is hashed is what is read. Configuration
    /// may name a flag in any way.
    /// </summary>
    public static AuditEntry Storable(AuditEntry entry)
    {
        if (Fields(entry).All(
            static field => field is null || StorableText.IsStorable(field)))
            return entry;
        return entry with
        {
            Instance = StorableText.Replace(entry.Instance),
            Actor = StorableText.Replace(entry.Actor),
            Action = StorableText.Replace(entry.Action),
            Flag = Replace(entry.Flag),
            Before = Replace(entry.Before),
            After = Replace(entry.After),
            Reason = Replace(entry.Reason),
        };
    }

    private static string? Replace(string? text)
    {
        if (text is null)
            return null;
        return StorableText.Replace(text);
    }

    private static string?[] Fields(AuditEntry entry) =>
    [
        entry.PreviousHash,
        entry.Number.ToString(CultureInfo.InvariantCulture),
        entry.Version.ToString(CultureInfo.InvariantCulture),
        entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        entry.Instance,
        Enum.IsDefined(entry.Source) ? FlagSpelling.Write(entry.Source) : "?", // edited in the store
        entry.Actor,
        entry.Action,
        entry.Flag,
        entry.Before,
        entry.After,
        entry.Reason,
    ];
}
