namespace IoTF.Mqtt.Transport;

/// <summary>
/// How much of a hurry the reader of a connection is in. Set by who deals with what is read, on the thread that reads; looked at before each read.
/// </summary>
public sealed class ReadPace
{
    /// <summary>More bytes than arrive in a few milliseconds.</summary>
    private const int Plenty = 64 * 1024;

    /// <summary>Whether the other end owes answers.</summary>
    public bool ExpectsAnswers { get; set; }

    /// <summary>The packets that the next read may wait for.</summary>
    internal int Packets { get; private set; }

    /// <summary>Their bytes.</summary>
    internal int Bytes { get; private set; }

    /// <summary>Whether more is wanted than can come in the time: it is the time that ends the read.</summary>
    internal bool TakesTime => Bytes == Plenty;

    /// <summary>The next read ends with the first byte.</summary>
    public void Hurry() => (Packets, Bytes) = (0, 1);

    /// <summary>The next read may wait until so much has come, two milliseconds at most.</summary>
    /// <param name="packets">How many packets are sure to come.</param>
    /// <param name="bytes">How many bytes they have together.</param>
    public void Gather(int packets, int bytes) => (Packets, Bytes) = (packets, Math.Max(1, bytes));

    /// <summary>The next read may take what one or two milliseconds bring.</summary>
    public void TakeTime() => Gather(packets: 0, Plenty);
}
