using System.Buffers.Binary;
using System.IO.Hashing;
using FeatureManagement.ActionTracing.Evaluation;
using FeatureManagement.ActionTracing.Safety;

namespace FeatureManagement.ActionTracing.Tests.Safety;

public sealed class UnitSetTests
{
    private static readonly long Seed = Bucket.Seed("units");

    [Fact]
    public void Take_OnManyThreads_TakesEachUnitOnce()
    {
        var units = new UnitSet();
        int added = 0;
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                units.Take(Hash(i), out bool isNew);
                if (isNew)
                    Interlocked.Increment(ref added);
            }
        });
        Assert.Equal((20_000, 20_000), (added, units.Count));
        Assert.Equal(1, units.Sampling);
    }

    [Fact]
    public void Take_OfAMillionUnits_IsBoundedInMemory()
    {
        var units = new UnitSet();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000_000; i++)
            units.Take(Hash(i), out _);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        for (int i = 1_000_000; i < 4_000_000; i++)
            units.Take(Hash(i), out _);
        long more = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(bytes, 1, 12_000_000);
        Assert.InRange(more, bytes, 12_000_000);
        Assert.InRange(units.Count, 500_000, 900_000);
    }

    [Fact]
    public void Take_BeyondTheBound_ThinsBothArmsAlike()
    {
        var units = new UnitSet(full: 2_000, stride: 500);
        ulong half = Bucket.Threshold(50);
        long seed = Bucket.Seed("half");
        int exposed = 0, taken = 0;
        for (int i = 0; i < 60_000; i++)
        {
            string key = $"user{i}";
            units.Take(Bucket.Hash(key, Seed), out bool isNew);
            if (isNew && i >= 2_000)
            {
                taken++;
                exposed += Bucket.Hash(key, seed) < half ? 1 : 0;
            }
        }
        Assert.InRange(units.Sampling, 0.001, 0.05);
        Assert.InRange(units.Count, 3_500, 6_000);
        // Three standard deviations around an even split.
        Assert.InRange(exposed, taken * 0.5 - 1.5 * Math.Sqrt(taken), taken * 0.5 + 1.5 * Math.Sqrt(taken));
    }

    [Fact]
    public void Take_OfAUnitThatIsIn_FindsItHoweverMuchIsSampled()
    {
        var units = new UnitSet(full: 100, stride: 10);
        for (int i = 0; i < 5_000; i++)
            units.Take(Hash(i), out _);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(units.Take(Hash(i), out bool isNew).IsKnown);
            Assert.False(isNew);
        }
    }

    [Fact]
    public void Mark_AnswersWhatIsNew()
    {
        Unit unit = new UnitSet().Take(Hash(1), out _);
        Assert.Equal(Unit.AtRisk, unit.Mark(Unit.AtRisk));
        Assert.Equal(Unit.Bad, unit.Mark(Unit.AtRisk | Unit.Bad));
        Assert.Equal(0ul, unit.Mark(Unit.AtRisk | Unit.Bad));
    }

    private static ulong Hash(int i)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, i);
        return XxHash3.HashToUInt64(bytes, Seed);
    }
}
