using IoTF.Emulator.Refusals;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;

namespace IoTF.Emulator.Connections;

/// <summary>The time before a failed login is answered, when there were too many of them (protocol.md §2.6).</summary>
internal static class FailedLogin
{
    /// <summary>Waits, and reads on meanwhile: whoever sends a second CONNECT is closed with code 176.</summary>
    /// <param name="delay">How long.</param>
    /// <param name="link">The client's link; once it was waited, nothing more is read from it.</param>
    /// <param name="closing">Ends when the connection is being closed by somebody else.</param>
    /// <param name="clock">The clock.</param>
    /// <returns>Null when the answer is due; else why the connection ends without it.</returns>
    /// <exception cref="LinkException">The connection broke, or what came was not MQTT.</exception>
    public static async Task<CloseReason?> WaitAsync(TimeSpan delay, Link link, Task closing, TimeProvider clock)
    {
        if (delay == TimeSpan.Zero)
        {
            return null;
        }

        using var giveUp = new CancellationTokenSource();
        try
        {
            var due = Task.WhenAny(Task.Delay(delay, clock, giveUp.Token), closing);
            while (true)
            {
                var next = link.ReadAsync(giveUp.Token).AsTask();
                if (await Task.WhenAny(due, next).ConfigureAwait(false) == due)
                {
                    await giveUp.CancelAsync().ConfigureAwait(false);
                    await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return null;
                }

                switch (await next.ConfigureAwait(false))
                {
                    case null:
                        return CloseReason.ClosedByClient;
                    case MqttConnectPacket:
                        return CloseReason.AuthenticationDelayed;
                }
            }
        }
        finally
        {
            await giveUp.CancelAsync().ConfigureAwait(false);
        }
    }
}
