using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Mqtt;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>A message on its way to the service, and what is known of it at both ends.</summary>
internal sealed class SentRecord(int number, QualityOfService qualityOfService, int process)
{
    public int Number { get; } = number;

    public QualityOfService QualityOfService { get; } = qualityOfService;

    /// <summary>The process that sent it.</summary>
    public int Process { get; } = process;

    /// <summary>The service closes the connection over it.</summary>
    public bool IsPoison { get; init; }

    /// <summary>The service refuses it with a reason code (MQTT 5).</summary>
    public bool IsRefused { get; init; }

    /// <summary>The service forgot the session while it was in flight.</summary>
    public bool MayRepeat { get; set; }

    public ushort PacketId { get; set; }

    public int Seen { get; set; }

    public int Delivered { get; set; }

    public PendingMessage? Settled { get; set; }
}

/// <summary>A message that the service owes the client.</summary>
internal sealed class OwedRecord(int number, QualityOfService qualityOfService)
{
    public int Number { get; } = number;

    public QualityOfService QualityOfService { get; } = qualityOfService;

    /// <summary>The last process that it was handed to.</summary>
    public int HandedTo { get; set; }

    public bool IsConsumed { get; set; }

    /// <summary>The service forgot it.</summary>
    public bool IsForgotten { get; set; }
}

/// <summary>The model: what was promised, and what may not happen.</summary>
internal sealed class Ledger
{
    private readonly int[] _lastDelivered = [-1, -1, -1];
    private readonly int[] _lastHanded = [-1, -1, -1];
    private int _handingProcess;

    public List<SentRecord> Sent { get; } = [];

    /// <summary>Whether a harmless message can look like the reason why connections end: each of them is taken over, some just when it was sent.</summary>
    public bool MayBeBlamed { get; set; }

    public List<OwedRecord> Owed { get; } = [];

    /// <summary>The service has received a PUBLISH, perhaps not for the first time.</summary>
    public void SeenByService(SentRecord sent, ushort packetId, bool duplicate)
    {
        sent.Seen++;
        if (sent.QualityOfService == QualityOfService.AtMostOnce)
        {
            Violation.Unless(sent.Seen == 1 && !duplicate, $"QoS 0 message {sent.Number} was sent again");
            return;
        }

        Violation.Unless(sent.Seen == 1 || duplicate, $"message {sent.Number} was sent again without DUP");
        Violation.Unless(sent.PacketId == 0 || sent.PacketId == packetId, $"message {sent.Number} changed its packet id from {sent.PacketId} to {packetId}");
        sent.PacketId = packetId;
    }

    public void DeliveredByService(SentRecord sent)
    {
        var promise = (int)sent.QualityOfService;
        if (++sent.Delivered == 1)
        {
            Violation.Unless(sent.Number > _lastDelivered[promise], $"QoS {promise} message {sent.Number} was first delivered after {_lastDelivered[promise]}");
            _lastDelivered[promise] = sent.Number;
        }

        Violation.Unless(
            sent.Delivered == 1 || sent.QualityOfService == QualityOfService.AtLeastOnce || sent.MayRepeat,
            $"QoS {promise} message {sent.Number} was delivered {sent.Delivered} times");
    }

    /// <summary>The sender was told what became of a message.</summary>
    public void Settled(SentRecord sent, PendingMessage message)
    {
        Violation.Unless(sent.Settled is null, $"message {sent.Number} was reported twice");
        sent.Settled = message;
        switch (message.Fault?.Id)
        {
            case null:
                Violation.Unless(sent.QualityOfService == QualityOfService.AtMostOnce || sent.Delivered > 0, $"message {sent.Number} was acknowledged and not delivered");
                break;
            case FaultIds.MessageRefused:
                Violation.Unless(sent.IsRefused, $"message {sent.Number} was reported as refused and was not");
                break;
            case FaultIds.MessageClosesConnection:
                Violation.Unless(sent.IsPoison || MayBeBlamed, $"message {sent.Number} was given up and is harmless");
                break;
        }
    }

    /// <summary>The service forgot the session.</summary>
    public void Forget()
    {
        foreach (var sent in Sent)
        {
            sent.MayRepeat |= sent.Settled is not { Fault: null };
        }

        foreach (var owed in Owed)
        {
            owed.IsForgotten = true;
        }
    }

    /// <summary>A message has reached a receiver.</summary>
    public void Handed(OwedRecord owed, int process)
    {
        var promise = (int)owed.QualityOfService;
        if (process != _handingProcess)
        {
            _handingProcess = process;
            Array.Fill(_lastHanded, -1);
        }

        if (owed.HandedTo == process)
        {
            Violation.Unless(owed.QualityOfService == QualityOfService.AtLeastOnce, $"QoS {promise} message {owed.Number} was handed on twice");
        }
        else
        {
            Violation.Unless(owed.Number > _lastHanded[promise], $"message {owed.Number} was handed on after {_lastHanded[promise]}");
            _lastHanded[promise] = owed.Number;
        }

        owed.HandedTo = process;
    }

    public void AcknowledgedByClient(OwedRecord owed) =>
        Violation.Unless(owed.IsConsumed, $"message {owed.Number} was acknowledged before anybody had it");

    /// <summary>A session has ended: its senders know what became of their messages.</summary>
    public void Settle(int lastProcess, SentRecord? neverTaken)
    {
        foreach (var sent in Sent.Where(sent => sent.Process == lastProcess && sent.QualityOfService != QualityOfService.AtMostOnce))
        {
            Violation.Unless(sent.Settled is not null || sent == neverTaken, $"nobody was told what became of message {sent.Number}");
        }
    }

    /// <summary>Everything is over: nothing was lost.</summary>
    public void Close(int lastProcess)
    {
        foreach (var sent in Sent.Where(sent => sent.Process == lastProcess && sent.QualityOfService != QualityOfService.AtMostOnce))
        {
            Violation.Unless(sent.Settled is not null, $"nobody was told what became of message {sent.Number}");
            Violation.Unless(sent.Delivered > 0 || sent.IsPoison || sent.IsRefused, $"message {sent.Number} is lost");
        }

        foreach (var owed in Owed)
        {
            Violation.Unless(
                owed.IsConsumed || owed.IsForgotten || owed.QualityOfService == QualityOfService.AtMostOnce, $"message {owed.Number} never reached a receiver");
        }
    }
}
