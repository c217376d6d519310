using IoTF.Client.Receiving;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;

namespace IoTF.Client.Sessions;

/// <summary>How much of a hurry the reader of a session is in: none while there is enough to do, so that what arrives in small packets is read together.</summary>
internal sealed class ReadPacing(OutboundWindow outbound, Mailroom mailroom, TimeProvider clock)
{
    /// <summary>So many messages under way, or waiting to be taken, keep the other end or the receiver busy for more than a millisecond.</summary>
    private const int Plenty = 256;

    /// <summary>The bytes of an acknowledgement.</summary>
    private const int AnswerSize = 4;

    private readonly MessageFlow _flow = new();

    /// <summary>
    /// What the reader may let come together: what one or two milliseconds bring when there is plenty to do meanwhile; answers for a quarter of what
    /// is under way, while the service has the rest to deal with; a few messages when they come thick and fast.
    /// </summary>
    public void Set(Link link, long received)
    {
        link.Pace.ExpectsAnswers = outbound.Count > 0;
        var answers = outbound.Count / 4;
        if (outbound.Count >= Plenty || mailroom.Waiting >= Plenty)
        {
            link.Pace.TakeTime();
        }
        else if (answers > 1)
        {
            link.Pace.Gather(answers, answers * AnswerSize);
        }
        else if (_flow.IsDense(received, link.BytesReceived, clock))
        {
            link.Pace.Gather(MessageFlow.Together, MessageFlow.Together * _flow.MessageSize);
        }
        else
        {
            link.Pace.Hurry();
        }
    }
}
