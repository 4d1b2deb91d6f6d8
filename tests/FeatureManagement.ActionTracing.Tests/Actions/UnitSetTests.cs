using System.Buffers.Binary;
using System.IO.Hashing;
using FeatureManagement.ActionTracing.Actions;
using FeatureManagement.ActionTracing.Evaluation;

namespace FeatureManagement.ActionTracing.Tests.Actions;

public sealed class UnitSetTests
{
    private static readonly long Seed = Bucket.Seed("units");

    [Fact]
    public void Take_OnManyThreads_TakesEachUnitOnce()
    {
        var units = new UnitSet();
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 20_000; i++)
                units.Take(Hash(i));
        });
        Assert.Equal(20_000, units.Count);
        Assert.Equal(1, units.Sampling);
    }

    [Fact]
    public void Take_OfAMillionUnits_IsBoundedInMemory()
    {
        var units = new UnitSet();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000_000; i++)
            units.Take(Hash(i));
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        for (int i = 1_000_000; i < 4_000_000; i++)
            units.Take(Hash(i));
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
            if (units.Take(Bucket.Hash(key, Seed)).IsKnown && i >= 2_000)
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
            units.Take(Hash(i));
        int before = units.Count;
        for (int i = 0; i < 100; i++)
            Assert.True(units.Take(Hash(i)).IsKnown);
        Assert.Equal(before, units.Count);
    }

    [Fact]
    public void Mark_AnswersWhatIsNew()
    {
        Unit unit = new UnitSet().Take(Hash(1));
        Assert.Equal(Unit.AtRisk, unit.Mark(Unit.AtRisk, 1));
        Assert.Equal(Unit.Bad, unit.Mark(Unit.AtRisk | Unit.Bad, 1));
        Assert.Equal(0ul, unit.Mark(Unit.AtRisk | Unit.Bad, 1));
    }

    [Fact]
    public void Mark_InAnotherStep_IsAtRiskAnewUnlessBadAlready()
    {
        Unit unit = new UnitSet().Take(Hash(1));
        unit.Mark(Unit.Counted | Unit.AtRisk | Unit.SlowAtRisk | Unit.Slow, 1);
        Assert.Equal(Unit.AtRisk, unit.Mark(Unit.Counted | Unit.AtRisk | Unit.SlowAtRisk, 2));
        Assert.Equal(Unit.Bad, unit.Mark(Unit.AtRisk | Unit.Bad, 2));
        Assert.Equal(0ul, unit.Mark(Unit.Counted | Unit.AtRisk | Unit.Bad | Unit.SlowAtRisk | Unit.Slow, 3));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1_024)]
    [InlineData(65_535)]
    public void Mark_ManyStepsLater_IsAtRiskAnew(int later)
    {
        Unit unit = new UnitSet().Take(Hash(1));
        unit.Mark(Unit.Counted | Unit.AtRisk | Unit.SlowAtRisk, 1);
        Assert.Equal(Unit.AtRisk | Unit.Bad | Unit.SlowAtRisk | Unit.Slow, unit.Mark(Unit.Counted | Unit.AtRisk | Unit.Bad | Unit.SlowAtRisk | Unit.Slow, 1 + later));
    }

    [Fact]
    public void Take_OfHashesThatDifferInTheirPlaceOnly_TakesEach()
    {
        var units = new UnitSet();
        for (ulong i = 0; i < 512; i++)
            units.Take(Hash(1) & ~0xFF_FFFFul | i << 11);
        Assert.Equal(512, units.Count);
    }

    [Fact]
    public void Find_OfAUnitThatIsNotIn_DoesNotTakeIt()
    {
        var units = new UnitSet();
        Assert.False(units.Find(Hash(1)).IsKnown);
        units.Take(Hash(1)).Mark(Unit.Bad, 1);
        Assert.True(units.Find(Hash(1)).Has(Unit.Bad));
        Assert.False(units.Find(Hash(2)).IsKnown);
        Assert.Equal(1, units.Count);
    }

    [Fact]
    public void Forget_OnlyWhatIsCountedAndNotKept()
    {
        var units = new UnitSet();
        Unit unit = units.Take(Hash(1));
        Assert.False(unit.IsCounted);
        Assert.False(unit.Forget(1));
        unit.Mark(Unit.Counted, 1);
        Assert.True(unit.Forget(1));
        Assert.False(unit.IsCounted);
        Assert.False(unit.Forget(1));
        unit.Mark(Unit.Counted | Unit.Kept, 1);
        Assert.False(unit.Forget(1));
        Unit other = units.Take(Hash(2));
        other.Mark(Unit.Counted, 1);
        Assert.False(other.Forget(2));
        Assert.True(units.Take(Hash(1)).IsCounted);
        Assert.Equal(2, units.Count);
    }

    private static ulong Hash(int i)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, i);
        return XxHash3.HashToUInt64(bytes, Seed);
    }
}
