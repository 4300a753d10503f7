using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Output;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.Output;

public sealed class OutputSpoolTests
{
    private const int Megabyte = 1024 * 1024;
    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("spool-test-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [Test]
    public void What_was_appended_is_read_any_number_of_times()
    {
        using var spool = new OutputSpool();
        spool.Append("first "u8);
        spool.Append("second"u8);
        Assert.That(spool.Length, Is.EqualTo(12));
        for (var i = 0; i < 3; i++)
        {
            using var reader = new StreamReader(spool.OpenRead());
            Assert.That(reader.ReadToEnd(), Is.EqualTo("first second"));
        }
    }

    [Test]
    public void An_empty_spool_is_an_empty_stream()
    {
        using var spool = new OutputSpool();
        using var stream = spool.OpenRead();
        Assert.That(stream.ReadByte(), Is.EqualTo(-1));
        Assert.That(stream.Length, Is.Zero);
    }

    [Test]
    public void A_reader_sees_what_is_appended_after_it_came_to_the_end_also_across_the_spill_to_a_file()
    {
        var store = new SpoolStore(64 * Megabyte, _folder);
        using var spool = new OutputSpool(store);
        using var stream = spool.OpenRead();
        var chunk = new byte[100_000];
        var back = new byte[100_000];
        var random = new RandomStream(1, 1, 0);
        for (var i = 0; i < 20; i++)
        {
            random.NextBytes(chunk);
            spool.Append(chunk);
            Assert.That(spool.HasOwnFile, Is.EqualTo(spool.Length > Megabyte));
            stream.ReadExactly(back);
            Assert.That(back.AsSpan().SequenceEqual(chunk), $"chunk {i}");
            Assert.That(stream.ReadByte(), Is.EqualTo(-1));
        }

        stream.Seek(-5, SeekOrigin.End);
        Assert.That(stream.Read(back), Is.EqualTo(5));
        Assert.That(back[..5], Is.EqualTo(chunk[^5..]));
        spool.Dispose();
        Assert.That(() => stream.ReadByte(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Exactly_one_megabyte_stays_in_memory()
    {
        using var spool = new OutputSpool(new SpoolStore(64 * Megabyte, _folder));
        spool.Append(new byte[Megabyte]);
        Assert.That(spool.HasOwnFile, Is.False);
        spool.Append(new byte[1]);
        Assert.That(spool.HasOwnFile);
    }

    [Test]
    public void On_Unix_a_temporary_file_has_no_name_from_the_start()
    {
        using var spool = new OutputSpool(new SpoolStore(64 * Megabyte, _folder));
        spool.Append(new byte[2 * Megabyte]);
        Assert.That(spool.HasOwnFile);
        Assert.That(Directory.GetFiles(_folder), OperatingSystem.IsWindows() ? Has.Length.EqualTo(1) : Is.Empty);
    }

    [Test]
    public void Memory_of_all_spools_together_is_capped_and_what_does_not_fit_is_read_back_the_same()
    {
        var store = new SpoolStore(Megabyte, _folder);
        var spools = Enumerable.Range(0, 5000).Select(_ => new OutputSpool(store)).ToArray();
        var line = new byte[500];
        for (var part = 0; part < 3; part++)
        {
            for (var i = 0; i < spools.Length; i++)
            {
                line.AsSpan().Fill((byte)(i + part));
                spools[i].Append(line);
            }

            Assert.That(store.InMemory, Is.LessThanOrEqualTo(Megabyte));
        }

        for (var i = 0; i < spools.Length; i++)
        {
            using var stream = spools[i].OpenRead();
            var all = new byte[1500];
            stream.ReadExactly(all);
            for (var part = 0; part < 3; part++)
            {
                Assert.That(all.AsSpan(part * 500, 500).IndexOfAnyExcept((byte)(i + part)), Is.EqualTo(-1));
            }

            spools[i].Dispose();
        }

        Assert.That(store.InMemory, Is.LessThanOrEqualTo(64 * 1024), "only the block that is handed out now");
    }

    [Test]
    public void Spools_that_nobody_disposes_give_their_memory_back_with_the_garbage()
    {
        var store = new SpoolStore(64 * Megabyte, _folder);
        Forget(store);
        var deadline = Environment.TickCount64 + 30_000;
        while (store.InMemory > 128 * 1024 && Environment.TickCount64 < deadline)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.That(store.InMemory, Is.LessThanOrEqualTo(128 * 1024));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(SpoolStore store)
        {
            var spools = new OutputSpool[2000];
            for (var i = 0; i < spools.Length; i++)
            {
                spools[i] = new OutputSpool(store);
                spools[i].Append(new byte[1000]);
            }

            Assert.That(store.InMemory, Is.GreaterThan(Megabyte));
            GC.KeepAlive(spools);
        }
    }

    [Test]
    public void Readers_on_other_threads_see_only_whole_prefixes_while_a_spool_grows()
    {
        using var spool = new OutputSpool(new SpoolStore(64 * Megabyte, _folder));
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            bool last;
            do
            {
                last = done.IsCancellationRequested;
                using var stream = spool.OpenRead();
                var buffer = new byte[10_000];
                long position = 0;
                for (var count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
                {
                    for (var i = 0; i < count; i++, position++)
                    {
                        if (buffer[i] != (byte)(position % 251))
                        {
                            return false;
                        }
                    }
                }
            }
            while (!last);
            return true;
        })).ToArray();
        var bytes = Enumerable.Range(0, 2 * Megabyte).Select(i => (byte)(i % 251)).ToArray();
        for (var position = 0; position < bytes.Length; position += 4096)
        {
            spool.Append(bytes.AsSpan(position, 4096));
        }

        done.Cancel();
        Assert.That(Task.WaitAll(readers, TimeSpan.FromSeconds(30)));
        Assert.That(readers.All(reader => reader.Result));
    }

    [Test]
    public void A_folder_without_room_is_an_error_that_leaves_what_was_kept()
    {
        using var spool = new OutputSpool(new SpoolStore(64 * Megabyte, Path.Combine(_folder, "missing")));
        spool.Append(new byte[1000]);
        Assert.That(() => spool.Append(new byte[Megabyte]), Throws.InstanceOf<IOException>());
        Assert.That(spool.Length, Is.EqualTo(1000));
        using var stream = spool.OpenRead();
        stream.ReadExactly(new byte[1000]);
        Assert.That(() => stream.Write(new byte[1]), Throws.TypeOf<NotSupportedException>());
    }
}
