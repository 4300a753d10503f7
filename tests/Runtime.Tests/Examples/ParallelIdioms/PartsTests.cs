using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using HpcRuntime.Examples.ParallelIdioms.Indexer;
using HpcRuntime.Examples.ParallelIdioms.NativeKernel;
using HpcRuntime.Examples.ParallelIdioms.Raytracer;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

public sealed class PartsTests
{
    [TestCase("<p>one<br/>two</p>", " one two ")]
    [TestCase("a &lt; b &amp; c &eacute;&#x41;", "a < b & c éA")]
    [TestCase("1 < 2 <3", "1 < 2 <3")]
    [TestCase("<!-- <p>no</p> -->yes<!-- never closed", " yes ")]
    [TestCase("<SCRIPT>if (a < b) no();</Script >yes<style>p { }</style>.", " yes .")]
    [TestCase("<script src='x'/>yes", " yes")]
    [TestCase("<scripture>yes", " yes")]
    [TestCase("<a title=\"3 > 2\">yes</a", " yes ")]
    [TestCase("<script>no", " ")]
    [TestCase("", "")]
    public void Text_is_what_stands_between_the_tags(string html, string text) => Assert.That(Html.TextOf(html), Is.EqualTo(text));

    [TestCase("don't (hello) world-wide 42nd --", "don,hello,world,42nd")]
    [TestCase("Ärger\u00a0über\tärger\r\n", "Ärger,über,ärger")]
    [TestCase("", "")]
    public void A_word_is_the_first_run_of_letters_and_digits_between_blanks(string text, string words) =>
        Assert.That(string.Join(',', WordIndex.WordsOf(text)), Is.EqualTo(words));

    [Test]
    public void A_png_has_chunks_with_checksums_and_gives_the_pixels_back()
    {
        const int Width = 300;
        const int Height = 250;
        var random = new Random(1);
        var lines = Enumerable.Range(0, Height).Select(line => Enumerable.Range(0, 3 * Width).Select(i => (byte)(line % 3 == 0 ? random.Next(256) : (line * i) / 7)).ToArray()).ToArray();
        using var file = new MemoryStream();
        using (var png = new PngWriter(file, Width, Height))
        {
            Array.ForEach(lines, png.WriteLine);
            Assert.That(() => png.WriteLine(lines[0]), Throws.ArgumentException);
        }

        var (head, data) = ChunksOf(file.ToArray());
        Assert.That(head, Is.EqualTo(new byte[] { 0, 0, 1, 44, 0, 0, 0, 250, 8, 2, 0, 0, 0 }));
        var above = new byte[3 * Width];
        using var unpacked = new ZLibStream(new MemoryStream(data), CompressionMode.Decompress);
        foreach (var line in lines)
        {
            var filter = unpacked.ReadByte();
            var pixels = new byte[3 * Width];
            unpacked.ReadExactly(pixels);
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] += filter == 2 ? above[i] : i < 3 ? (byte)0 : pixels[i - 3];
            }

            Assert.That((filter is 1 or 2, pixels), Is.EqualTo((true, line)));
            above = pixels;
        }

        Assert.That(unpacked.ReadByte(), Is.EqualTo(-1));
    }

    [Test]
    public void The_checksum_is_the_one_of_the_standard() => Assert.That(Crc32.Of("123456789"u8), Is.EqualTo(0xCBF43926)); // the usual check value

    [Test]
    public void A_library_that_cannot_be_written_is_one_line()
    {
        Assert.That(KernelBuild.Compile("/nosuch/folder/kernels.so"), Does.StartWith("cannot write /nosuch/folder/kernels.so: ").And.Not.Contains("\n"));
    }

    private static (byte[] Head, byte[] Data) ChunksOf(byte[] file)
    {
        Assert.That(file.AsSpan(0, 8).SequenceEqual(new byte[] { 137, 80, 78, 71, 13, 10, 26, 10 }), Is.True);
        byte[] head = [], data = [];
        var end = string.Empty;
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            end = Encoding.ASCII.GetString(file, at + 4, 4);
            Assert.That(BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)), Is.EqualTo(Crc32.Of(file.AsSpan(at + 4, 4 + length))), end);
            var content = file[(at + 8)..(at + 8 + length)];
            (head, data) = end switch
            {
                "IHDR" => (content, data),
                "IDAT" => (head, [.. data, .. content]),
                _ => (head, data),
            };
            at += 12 + length;
        }

        Assert.That(end, Is.EqualTo("IEND"));
        return (head, data);
    }
}
