using IoTF.Emulator.Sessions;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Connections;

/// <summary>
/// Messages whose receivers are flooded: they were handed on, and are acknowledged when there is room again. The publisher's own window slows
/// it down, while its acknowledgements are still read, so that clients that flood each other do not block each other.
/// </summary>
internal sealed class WithheldAcknowledgements(Connection connection, Session session)
{
    private readonly Queue<(InboundMessage Message, IReceiver Flooded)> _waiting = new();
    private bool _releasing;
    private bool _abandoned;

    /// <summary>Withholds the acknowledgement of a message.</summary>
    /// <returns>How many are withheld now.</returns>
    public int Add(InboundMessage message, IReceiver flooded)
    {
        lock (_waiting)
        {
            if (_abandoned)
            {
                session.Consumed(connection, message, ReasonCode.Success);
                return 0;
            }

            // It was handed on; only its packet id has to wait.
            session.ReleaseContent(message);
            _waiting.Enqueue((message, flooded));
            if (!_releasing)
            {
                _releasing = true;
                _ = ReleaseAsync();
            }

            return _waiting.Count;
        }
    }

    /// <summary>Gives all of them free without a connection.</summary>
    public void Abandon()
    {
        lock (_waiting)
        {
            _abandoned = true;
            while (_waiting.TryDequeue(out var withheld))
            {
                session.Consumed(connection, withheld.Message, ReasonCode.Success);
            }
        }
    }

    private async Task ReleaseAsync()
    {
        await Task.Yield();
        while (true)
        {
            Task room;
            lock (_waiting)
            {
                if (!_waiting.TryPeek(out var next))
                {
                    _releasing = false;
                    return;
                }

                room = next.Flooded.WaitForRoomAsync();
                if (room.IsCompleted)
                {
                    _waiting.Dequeue();
                    session.Consumed(connection, next.Message, ReasonCode.Success);
                }
            }

            await room.ConfigureAwait(false);
        }
    }
}
