using IoTF.Mqtt;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Sessions;

/// <summary>Whom a subscription delivers to: one client, or the members of a scalable application together.</summary>
internal interface IReceiver
{
    /// <summary>Whose it is: how topics are seen.</summary>
    ClientIdentity Identity { get; }

    /// <summary>Whether a resource group lets it see a topic (protocol.md §3.4).</summary>
    /// <param name="topic">The topic as this receiver sees it.</param>
    bool Sees(string topic);

    /// <summary>Sends a message, or keeps it until that is possible.</summary>
    /// <param name="topic">The topic as this receiver sees it.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="qualityOfService">The QoS.</param>
    /// <param name="properties">What a MQTT 5 publisher said beside it; null for nothing.</param>
    /// <param name="retain">Whether the message has the retain flag.</param>
    /// <returns>False when so much waits that the publisher has to be slowed down.</returns>
    bool Deliver(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, bool retain);

    /// <summary>Waits until publishers may go on: enough was sent, or nobody is there who takes messages.</summary>
    Task WaitForRoomAsync();
}
