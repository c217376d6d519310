using System.Buffers;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;

namespace IoTF.Emulator.Wills;

/// <summary>Publishes last wills, those of MQTT 5 that have a delay when it is over (MQTT-5.0 §3.1.3.2.2). They are routed as if their clients published them.</summary>
internal sealed class LastWills(TimeProvider clock, Traffic traffic)
{
    private readonly Dictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    /// <summary>A client with a will is there: the will is kept until it is published or void.</summary>
    public static void Keep(Principal client, LastWill will) => client.Organization.Memory.Add(will.Cost);

    /// <summary>A will is void.</summary>
    public static void Release(Principal client, LastWill will) => client.Organization.Memory.Remove(will.Cost);

    /// <summary>A client has gone without a word.</summary>
    /// <param name="client">Who.</param>
    /// <param name="will">Its will.</param>
    /// <param name="sessionExpiry">How long its session waits for it: the will is not delayed beyond it.</param>
    public void OnLost(Principal client, LastWill will, TimeSpan sessionExpiry)
    {
        var delay = sessionExpiry == Timeout.InfiniteTimeSpan || will.Delay < sessionExpiry ? will.Delay : sessionExpiry;
        if (delay == TimeSpan.Zero)
        {
            Publish(client, will);
            return;
        }

        lock (_waiting)
        {
            _waiting[client.Identity.ClientId] = new Waiting(client, will, delay, clock.GetTimestamp());
        }
    }

    /// <summary>A client is back: its will is void when its session goes on, and due when the session was ended by a clean start.</summary>
    public void OnConnected(string clientId, bool sessionPresent)
    {
        bool wasWaiting;
        Waiting? waiting;
        lock (_waiting)
        {
            wasWaiting = _waiting.Remove(clientId, out waiting);
        }

        if (wasWaiting && !sessionPresent)
        {
            Publish(waiting!.Client, waiting.Will);
        }
        else if (wasWaiting)
        {
            Release(waiting!.Client, waiting.Will);
        }
    }

    /// <summary>Publishes what is due, one after the other, so that one that fails leaves the others for the next time.</summary>
    public void Sweep()
    {
        while (TakeDue() is { } due)
        {
            Publish(due.Client, due.Will);
        }
    }

    private Waiting? TakeDue()
    {
        lock (_waiting)
        {
            foreach (var (clientId, waiting) in _waiting)
            {
                if (clock.GetElapsedTime(waiting.Since) >= waiting.Delay)
                {
                    _waiting.Remove(clientId);
                    return waiting;
                }
            }
        }

        return null;
    }

    private void Publish(Principal client, LastWill will)
    {
        Release(client, will);

        // What has become forbidden meanwhile is dropped, as for a client without authority over the device (protocol.md §2.6).
        var message = will.Message;
        var route = new RouteBook(client).Find(message.Topic);
        if (route.Refused is null)
        {
            traffic.CountIn();
            Distribution.Publish(
                client.Organization,
                route,
                new Publication(message.Payload.ToArray(), (QualityOfService)message.QualityOfServiceLevel, PublishProperties.Of(message, clock), message.Retain),
                publisher: null);
        }
    }

    private sealed record Waiting(Principal Client, LastWill Will, TimeSpan Delay, long Since);
}
