using System.Buffers;
using System.Net.Sockets;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client.Scripted;

/// <summary>The server's end of one connection.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly Link _link;

    public ScriptedPeer(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _link = new Link(_stream, new LinkOptions());
    }

    public void Send(MqttPacket packet) => _link.Send(packet);

    /// <summary>An acceptance without limits. (The encoder would send a Maximum QoS of 0 if none is said.)</summary>
    public static MqttConnAckPacket Acceptance => new() { MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce };

    /// <summary>Sends bytes that need not be MQTT.</summary>
    public async Task SendBytesAsync(params byte[] bytes)
    {
        await _link.FlushAsync(CancellationToken.None);
        await _stream.WriteAsync(bytes);
    }

    public void Publish(string topic, QualityOfService qualityOfService, ushort id = 0, string payload = "x", bool duplicate = false) => Send(new MqttPublishPacket
    {
        Topic = topic,
        PayloadSegment = System.Text.Encoding.UTF8.GetBytes(payload),
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)qualityOfService,
        PacketIdentifier = id,
        Dup = duplicate,
    });

    /// <summary>Closes the connection in the polite way: all that was sent arrives.</summary>
    public async Task CloseAsync()
    {
        await _link.FlushAsync(CancellationToken.None);
        await _link.DisposeAsync();
    }

    /// <summary>Says that nothing more comes, and goes on reading.</summary>
    public void CloseSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Breaks the connection.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Close();
    }

    /// <summary>The next packet of the client, which has to be one of this kind.</summary>
    public async Task<T> ReceiveAsync<T>()
        where T : MqttPacket => Assert.IsType<T>(await ReceiveAsync());

    /// <summary>The next packet of the client; null when it closed the connection.</summary>
    public async Task<MqttPacket?> ReceiveAsync()
    {
        using var limit = new CancellationTokenSource(Deadline.Limit);
        return await _link.ReadAsync(limit.Token);
    }

    /// <summary>What the client sends until it closes the connection.</summary>
    public async Task<List<MqttPacket>> ReceiveToEndAsync()
    {
        var all = new List<MqttPacket>();
        while (true)
        {
            try
            {
                if (await ReceiveAsync() is not { } packet)
                {
                    return all;
                }

                all.Add(packet);
            }
            catch (LinkException exception) when (exception.Failure is LinkFailure.Broken or LinkFailure.Reset)
            {
                return all;
            }
        }
    }

    /// <summary>Answers what the client sends until the answer is null or the connection ends.</summary>
    public Task AnswerAsync(Func<MqttPacket, IEnumerable<MqttPacket>?> answer) => Task.Run(async () =>
    {
        while (await ReceiveAsync() is { } packet && answer(packet) is { } answers)
        {
            foreach (var one in answers)
            {
                Send(one);
            }
        }
    });

    /// <summary>Takes the CONNECT and accepts it.</summary>
    public async Task<MqttConnectPacket> AcceptClientAsync(MqttConnAckPacket? answer = null)
    {
        var connect = await ReceiveAsync<MqttConnectPacket>();
        Send(answer ?? Acceptance);
        return connect;
    }

    /// <summary>Takes a SUBSCRIBE and grants all of it.</summary>
    public async Task<MqttSubscribePacket> GrantAsync()
    {
        var subscribe = await ReceiveAsync<MqttSubscribePacket>();
        Send(new MqttSubAckPacket
        {
            PacketIdentifier = subscribe.PacketIdentifier,
            ReasonCodes = [.. subscribe.TopicFilters.Select(_ => MqttSubscribeReasonCode.GrantedQoS2)],
        });
        return subscribe;
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    public static string TextOf(MqttPublishPacket publish) => System.Text.Encoding.UTF8.GetString(publish.Payload.ToArray());
}
