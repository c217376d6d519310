using IoTF.Client.Receiving;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Selections;

/// <summary>Which messages somebody wants to have, and what is made of them: the same for receiving and for acting on them.</summary>
internal abstract class Selection
{
    /// <summary>What completion remembers of the messages.</summary>
    protected SeenNames Seen { get; } = SessionPool.Current.Seen;

    /// <summary>The session that they come from.</summary>
    /// <param name="wanted">What <c>-Session</c> gave; null when it was not given.</param>
    /// <exception cref="Errors.IoTFException">None fits, or more than one.</exception>
    public abstract IoTFSession ChooseSession(object? wanted);

    /// <summary>What is asked for, as a filter that the identity may use: the service selects, or the session where it gets more anyway.</summary>
    public abstract SubscriptionRequest MakeRequest(ClientIdentity receiver);

    /// <summary>The object for a message; null for one that says nothing.</summary>
    public abstract EventArgs? MakeObject(ClientIdentity receiver, ReceivedMessage message);

    /// <summary>What a topic says; nothing when it has no known shape.</summary>
    protected static MessageTopic ParseTopic(string topic) => MessageTopic.TryParse(topic, out var parsed) ? parsed : default;
}
