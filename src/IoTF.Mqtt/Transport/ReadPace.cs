namespace IoTF.Mqtt.Transport;

/// <summary>How much of a hurry the reader of a connection is in.</summary>
public sealed class ReadPace
{
    /// <summary>More bytes than arrive in a few milliseconds.</summary>
    internal const int NoHurry = 64 * 1024;

    private volatile int _answers = 1;

    /// <summary>
    /// How many acknowledgements the next read may wait for, at most two milliseconds; 1 for none. Set by who deals with what is read, looked at
    /// before each read.
    /// </summary>
    public int Answers
    {
        get => _answers;
        set => _answers = value;
    }
}
