namespace IoTF.Tests.Interop.Servers;

/// <summary>A port of 127.0.0.1 that surely refuses every connection, because it is held and nobody listens there.</summary>
public sealed class ClosedPort : IDisposable
{
    private readonly ReservedPort reserved = new();

    public int Port => reserved.Number;

    public void Dispose() => reserved.Dispose();
}
