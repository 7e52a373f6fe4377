using System.Text;
using PhoneAgent.Inference.OpenAiCompatible.Wire;
using Xunit;

namespace PhoneAgent.Tests.Inference.OpenAiCompatible;

public sealed class EventStreamTests
{
    [Theory]
    [InlineData("data: a\n\ndata: b\n\n", "a|b")]
    [InlineData("data:a\r\n\r\ndata:  b\r\n\r\n", "a| b")]
    [InlineData("data: a\r\rdata: b\r\r", "a|b")]
    [InlineData(": keep-alive\n\n: again\ndata: a\n\n", "a")]
    [InlineData("event: message\nid: 7\nretry: 10\ndata: a\n\n", "a")]
    [InlineData("data: a\ndata: b\n\n", "a\nb")]
    [InlineData("data\n\n", "")]
    [InlineData("data: not ended", "not ended")]
    [InlineData("data: one blank line missing\n", "one blank line missing")]
    [InlineData("\uFEFFdata: ünï 😀\n\n", "ünï 😀")]
    [InlineData("datax: a\n: data: b\n\n\n\n", null)]
    [InlineData("", null)]
    public async Task EventsAreCutAsTheStandardSays(string wire, string? events)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(wire);
        for (int size = 1; size <= bytes.Length + 1; size++)
        {
            using var stream = new PieceStream(bytes, size);
            var read = new List<string>();
            await foreach (string data in EventStream.ReadAsync(stream, CancellationToken.None))
                read.Add(data);
            Assert.Equal(events?.Split('|') ?? [], read);
        }
    }

    [Fact]
    public async Task AnEventWithoutEndIsRefused()
    {
        using var stream = new PieceStream(Encoding.ASCII.GetBytes("data: " + new string('x', EventStream.MaxEventBytes + 1)), 4096);
        await Assert.ThrowsAsync<EventStream.TooLongException>(async () =>
        {
            await foreach (string _ in EventStream.ReadAsync(stream, CancellationToken.None))
                Assert.Fail("there is no event in it");
        });
    }

    [Fact]
    public async Task ManyLinesWithoutEndAreRefused()
    {
        using var stream = new PieceStream(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("data: 12345678\n", EventStream.MaxEventBytes / 8))), 4096);
        await Assert.ThrowsAsync<EventStream.TooLongException>(async () =>
        {
            await foreach (string _ in EventStream.ReadAsync(stream, CancellationToken.None))
                Assert.Fail("there is no event in it");
        });
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class PieceStream(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
