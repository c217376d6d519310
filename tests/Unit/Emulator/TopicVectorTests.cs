using IoTF.Mqtt;
using IoTF.Tests.Unit.Vectors;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>The topic vectors of protocol.md §11.2, as the service answers them over connections of each version.</summary>
public sealed class TopicVectorTests : EmulatorTest
{
    private const int Ok = 0;
    private const int Bad = 276;
    private const int System = 289;

    public static TheoryData<string, string, string, int, MqttVersion> Filters() => InEachVersion(
        ("T1", "d", "iot-2/cmd/abc/fmt/json", Ok),
        ("T2", "d", "iot-2/cmd/+/fmt/+", Ok),
        ("T3", "d", "iotdm-1/#", Ok),
        ("T4", "d", "iotdm-1/mgmt/initiate/+/+", Ok),
        ("T4", "d", "iotdm-1/mgmt/+", Ok),
        ("T5", "d", "iot-2/cmd/abc/fmt/json/more", Bad),
        ("T6", "d", "iot-2/cmd//fmt/json", Bad),
        ("T7", "d", "iot-2/cmd/abc/fmt/", Bad),
        ("T8", "d", "iot-2/cmd/test/fmt/#", Bad),
        ("T9", "d", "iot-2/evt/+/fmt/+", Bad),
        ("T10", "d", "iot-2/type/pump/id/p-001/cmd/+/fmt/+", Bad),
        ("T17", "g", "iot-2/type/t/id/d/cmd/abc/fmt/json", Ok),
        ("T18", "g", "iot-2/type/gwt/id/gw1/notify", Ok),
        ("T19", "g", "iotdm-1/#", Ok),
        ("T22", "a", "iot-2/type/+/id/device/evt/abc/fmt/json", Ok),
        ("T22", "a", "iot-2/type/+/id/+/evt/+/fmt/+", Ok),
        ("T23", "a", "iot-2/type/+/id/device/mon", Ok),
        ("T23", "a", "iot-2/app/+/mon", Ok),
        ("T24", "a", "iot-2/type//id/device/evt/+/fmt/+", Bad),
        ("T24", "a", "iot-2/type/+/id/+/evt/+/fmt/#", Bad),
        ("T24", "a", "iot-2/#", Bad),
        ("T24", "a", "#", Bad),
        ("T25", "a", "iot-2/app//mon", Bad),
        ("T25", "a", "iot-2/app/appid/mon/more", Bad),
        ("T26", "a", "$SYS/#", System),
        ("T31", "qs d", "iot-2/cmd/+/fmt/+", Bad),
        ("T32", "qs a", "iot-2/type/+/id/dev1/evt/+/fmt/+", Ok),
        ("T32", "qs a", "iot-2/type/+/id/+/evt/+/fmt/+", Bad),
        ("T34", "A", "iot-2/type/typ/id/device/evt/abc/fmt/json", Ok));

    public static TheoryData<string, string, string, int, MqttVersion> Topics() => InEachVersion(
        ("T11", "d", "iot-2/evt/abc/fmt/json", Ok),
        ("T12", "d", "iot-2/evt/abc/fmt/json/more", Bad),
        ("T12", "d", "iot-2/evt/abc/fmt", Bad),
        ("T12", "d", "iot-2/evt//fmt/json", Bad),
        ("T13", "d", "iot-2/cmd/abc/fmt/json", Bad),
        ("T14", "d", "iot-2/mon", Bad),
        ("T14", "d", "iot-2/type/pump/id/p-001/evt/a/fmt/json", Bad),
        ("T15", "d", "iotdevice-1/mgmt/manage", Ok),
        ("T15", "d", "iotdevice-1/add/diag/log", Ok),
        ("T15", "d", "iotdevice-1/device/update/location", Ok),
        ("T16", "d", "iotdm-1/response", Bad),
        ("T20", "g", "iot-2/type/pump/id/p-001/evt/s/fmt/json", Ok),
        ("T27", "a", "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json", Ok),
        ("T28", "a", "iot-2/type/+/id/p-001/cmd/x/fmt/json", Bad),
        ("T29", "a", "iot-2/app/dash/mon", Bad),
        ("T30", "qs d", "iot-2/evt/s/fmt/json", Ok),
        ("T30", "qs d", "iot-2/evt/s/fmt/xml", Bad),
        ("T33", "qs a", "iot-2/type/t/id/d/cmd/c/fmt/json", Bad));

    [Theory]
    [MemberData(nameof(Filters))]
    [Vector("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T17", "T18", "T19", "T22", "T23", "T24", "T25", "T26", "T31", "T32", "T34")]
    public async Task A_filter_is_granted_or_refused_as_the_version_has_it(string vector, string role, string filter, int closeCode, MqttVersion version)
    {
        var client = await ClientAsync(role, version);
        client.Subscribe(filter);
        if (closeCode != Ok && version != MqttVersion.V5)
        {
            await client.ExpectCloseAsync();
        }
        else
        {
            var code = Assert.Single((await client.ExpectAsync<MqttSubAckPacket>()).ReasonCodes);
            Assert.Equal((vector, closeCode == Ok ? MqttSubscribeReasonCode.GrantedQoS0 : MqttSubscribeReasonCode.TopicFilterInvalid), (vector, code));
        }

        ExpectRefusal(closeCode);
    }

    [Theory]
    [MemberData(nameof(Topics))]
    [Vector("T11", "T12", "T13", "T14", "T15", "T16", "T20", "T27", "T28", "T29", "T30", "T33")]
    public async Task A_topic_is_acknowledged_or_refused_as_the_version_has_it(string vector, string role, string topic, int closeCode, MqttVersion version)
    {
        var client = await ClientAsync(role, version);
        client.Publish(topic, qos: 1);
        if (closeCode != Ok && version != MqttVersion.V5)
        {
            await client.ExpectCloseAsync();
        }
        else
        {
            var code = (await client.ExpectAsync<MqttPubAckPacket>()).ReasonCode;
            Assert.Equal((vector, closeCode == Ok ? MqttPubAckReasonCode.Success : MqttPubAckReasonCode.TopicNameInvalid), (vector, code));
            await client.ExpectNothingAsync();
        }

        ExpectRefusal(closeCode);
    }

    private static TheoryData<string, string, string, int, MqttVersion> InEachVersion(params (string Vector, string Role, string Topic, int Code)[] rows)
    {
        var data = new TheoryData<string, string, string, int, MqttVersion>();
        foreach (var (vector, role, topic, code) in rows)
        {
            data.Add(vector, role, topic, code, MqttVersion.V31);
            data.Add(vector, role, topic, code, MqttVersion.V311);
            data.Add(vector, role, topic, code, MqttVersion.V5);
        }

        return data;
    }

    private void ExpectRefusal(int closeCode) => Assert.Equal(closeCode == Ok ? [] : [closeCode], Emulator.Refusals.Select(refusal => refusal.CloseCode));

    private Task<RawClient> ClientAsync(string role, MqttVersion version) => role switch
    {
        "d" => DeviceAsync(version),
        "g" => GatewayAsync(version),
        "a" => ApplicationAsync(version),
        "A" => ConnectAsync(version, RawClient.ConnectPacket("A:abc123:app1", Application.UserName, Application.Token)),
        "qs d" => QuickstartAsync(version, "d:quickstart:pump:p-001"),
        _ => QuickstartAsync(version, "a:quickstart:dash"),
    };
}
