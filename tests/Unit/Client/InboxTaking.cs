using IoTF.Client.Receiving;

namespace IoTF.Tests.Unit.Client;

/// <summary>Takes one message, as a receiver that has just begun.</summary>
internal static class InboxTaking
{
    public static ReceivedMessage? Take(this Inbox inbox, Func<ReceivedMessage, bool>? fits, TimeSpan timeout, CancellationToken cancellationToken) =>
        new InboxReader(inbox, fits, setsAside: false).Take(timeout, cancellationToken);
}
