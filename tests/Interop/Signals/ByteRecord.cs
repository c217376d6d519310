using System.Text;

namespace IoTF.Tests.Interop.Signals;

/// <summary>All bytes that traveled in one direction of one connection. Safe to use from any thread.</summary>
public sealed class ByteRecord
{
    private readonly Lock gate = new();
    private readonly List<byte> bytes = [];
    private readonly SignalLog<int> totals = new("bytes recorded so far");

    public int Count
    {
        get
        {
            lock (gate)
            {
                return bytes.Count;
            }
        }
    }

    public byte[] ToArray()
    {
        lock (gate)
        {
            return [.. bytes];
        }
    }

    public bool Contains(ReadOnlySpan<byte> sequence) => ToArray().AsSpan().IndexOf(sequence) >= 0;

    /// <summary>Whether the UTF-8 bytes of <paramref name="text"/> traveled in clear.</summary>
    public bool Contains(string text) => Contains(Encoding.UTF8.GetBytes(text));

    /// <summary>Waits until at least <paramref name="count"/> bytes have traveled.</summary>
    public Task WaitForAsync(int count, TimeSpan? timeout = null) => totals.WaitForAsync(total => total >= count, timeout);

    internal void Add(ReadOnlySpan<byte> more)
    {
        int total;
        lock (gate)
        {
            bytes.AddRange(more);
            total = bytes.Count;
        }

        totals.Add(total);
    }

    internal void Complete() => totals.Complete();
}
