using System.Text;
using IoTF.Protocol.Reports;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class GatewayNotificationTests
{
    [Theory]
    [Vector("X9")]
    [InlineData("\"Publish\"", "276")]
    [InlineData("\"publish\"", "\"276\"")]
    public void Both_spellings_are_read(string request, string code)
    {
        var notification = GatewayNotification.Read(Encoding.UTF8.GetBytes(
            $$"""{"Request":{{request}},"Time":"2019-02-14T10:11:12.345Z","Topic":"iot-2/evt/s/fmt/json","Client":"g:abc123:gwt:gw1","RC":{{code}},"Message":"The topic is not valid."}"""));
        Assert.Equal(
            new GatewayNotification
            {
                Request = "Publish",
                Time = new DateTimeOffset(2019, 2, 14, 10, 11, 12, 345, TimeSpan.Zero),
                Topic = "iot-2/evt/s/fmt/json",
                ClientId = "g:abc123:gwt:gw1",
                Code = 276,
                Message = "The topic is not valid.",
            },
            notification);
        Assert.Equal("The service did not accept the message. A gateway may not use the topic.", notification!.Meaning);
    }

    [Fact]
    public void Type_and_id_are_those_of_the_device()
    {
        var notification = GatewayNotification.Read("""{"Request":"Subscribe","Type":"pump","Id":"p-001","RC":0}"""u8.ToArray());
        Assert.Equal(("Subscribe", "pump", "p-001", null), (notification!.Request, notification.DeviceType, notification.DeviceId, notification.Code));
        Assert.Equal("The service did not accept the subscription. It gave no code.", notification.Meaning);
    }

    [Theory]
    [InlineData(177, "The device is not registered, and could not be registered.")]
    [InlineData(180, "The device is unknown, or not in a resource group of the gateway.")]
    [InlineData(287, "The message is too large.")]
    [InlineData(4711, "The code 4711 has no known meaning.")]
    public void A_code_is_explained(int code, string why) => Assert.EndsWith(why, new GatewayNotification { Code = code }.Meaning);

    [Fact]
    public void What_is_no_object_is_no_notification() => Assert.Null(GatewayNotification.Read("nonsense"u8.ToArray()));
}
