using FeatureManagement.ActionTracing.Sqlite;
using FeatureManagement.ActionTracing.Storage;
using FeatureManagement.ActionTracing.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace FeatureManagement.ActionTracing.Tests.Changes;

/// <summary>An emergency is never refused for its words; every other change refuses words that a store does not keep. On every store.</summary>
public sealed class EmergencyWordsTests : IDisposable
{
    private static readonly string Long = new('x', FlagChange.MaxLength + 1);

    private readonly TempDirectory _directory = new();

    private static readonly (string? Reason, string Recorded)[] Reasons =
    [
        (null, "no reason given"),
        ("", "no reason given"),
        (" \t\n", "no reason given"),
        (Long, new string('x', 972) + "… (cut from 1001 characters)"),
        ("a\0b", "a\uFFFDb (characters replaced)"),
        ("a\ud83db", "a\uFFFDb (characters replaced)"),
        ("\udc00a\ud83d", "\uFFFDa\uFFFD (characters replaced)"),
        ("pay\u001b[31mments \U0001F600", "pay\u001b[31mments \U0001F600"),
        (new string('\0', 5_000), new string('\uFFFD', 950) + "… (characters replaced) (cut from 5000 characters)"),
    ];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shutdown_AnyReason_KillsAndSaysWhatBecameOfTheWords(bool sqlite)
    {
        using FlagServices services = Services(sqlite);
        foreach ((string? reason, string recorded) in Reasons)
        {
            EmergencyResult result = await services.Manager.EmergencyShutdownAsync("flag", new FlagChange("ann", reason!));
            Assert.Equal((false, true, recorded), (services.Manager.IsEnabled("flag"), result.IsStored, result.Flag.Emergency!.Reason));
            Assert.Equal(reason != recorded, result.Note is not null);
            Assert.Equal(recorded, (await ReadAsync(services)).Reason);
            Assert.InRange(recorded.Length, 1, FlagChange.MaxLength);
            await services.Manager.ClearEmergencyAsync("flag", new FlagChange("ann", "again"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Shutdown_AnyActor_KillsAndSaysWhatBecameOfTheName(bool sqlite)
    {
        using FlagServices services = Services(sqlite);
        foreach ((string? actor, string recorded, string note) in ((string?, string, string)[])
        [
            (null, "unknown", "The actor was blank; 'unknown' was recorded."),
            ("  ", "unknown", "The actor was blank; 'unknown' was recorded."),
            (Long, new string('x', 972) + "… (cut from 1001 characters)", "The actor was cut from 1001 characters to 1000."),
            ("a\0", "a\uFFFD (characters replaced)", "U+0000 or unpaired surrogates in the actor were replaced."),
        ])
        {
            EmergencyResult result = await services.Manager.EmergencyShutdownAsync("flag", new FlagChange(actor!, "x"));
            Assert.Equal((recorded, note), (result.Flag.Emergency!.Actor, result.Note));
            Assert.Equal(recorded, (await ReadAsync(services)).Actor);
            await services.Manager.ClearEmergencyAsync("flag", new FlagChange("ann", "again"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OtherChanges_WordsThatNoStoreKeeps_AreRefusedAndChangeNothing(bool sqlite)
    {
        using FlagServices services = Services(sqlite);
        await services.Manager.EmergencyShutdownAsync("other", new FlagChange("ann", "x"));
        foreach (string text in (string[])["a\0b", "\ud800", "\udfff\ud800"])
            foreach (FlagChange change in (FlagChange[])[new("ann", text), new(text, "why")])
            {
                await RefusedAsync(() => services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Percentage = 1 }, change));
                await RefusedAsync(() => services.Manager.ClearEmergencyAsync("other", change));
                await RefusedAsync(() => services.Get<IRolloutManager>().StartAsync("flag", change));
            }
        await RefusedAsync(() => services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Whitelist = ["a\0"] }, new FlagChange("ann", "x")));
        await RefusedAsync(() => services.Manager.UpdateFlagAsync("flag", new FlagUpdate { Groups = ["\ud800"] }, new FlagChange("ann", "x")));
        Assert.Equal(0, services.Manager.GetFlag("flag")!.Version);
    }

    // What is hashed is what is read again, also of a flag that has such a name in configuration.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Audit_TextThatNoStoreKeeps_StillVerifies(bool sqlite)
    {
        using FlagServices services = Services(sqlite);
        const string Odd = "a\0b\ud800c";
        var entry = new AuditEntry { At = DateTimeOffset.UnixEpoch, Action = Odd, Flag = Odd, Before = Odd, After = Odd, Actor = Odd, Reason = Odd, Instance = Odd, Source = ChangeSource.Code };
        await services.Get<IActionTracingStore>().State.CommitAsync(new StoreCommit([], [entry]), default);
        await services.Manager.EmergencyShutdownAsync("flag", new FlagChange(Odd, Odd));
        Assert.True((await services.Get<IAuditLog>().VerifyAsync()) is { IsValid: true, Entries: 2 });
    }

    private FlagServices Services(bool sqlite) => new(
        [Flag.On("flag"), Flag.On("other")],
        before: services =>
        {
            if (sqlite)
                services.AddSingleton<IActionTracingStore>(new SqliteStore(new SqliteFile(_directory.File("store.db"), null)));
        });

    private static async Task<AuditEntry> ReadAsync(FlagServices services) => (await services.Get<IAuditLog>().QueryAsync(new AuditQuery { Action = "emergency", Take = 1 }))[0];

    private static async Task RefusedAsync(Func<Task> change) =>
        Assert.Equal(FlagChangeError.Invalid, (await Assert.ThrowsAsync<FlagChangeException>(change)).Error);
}
