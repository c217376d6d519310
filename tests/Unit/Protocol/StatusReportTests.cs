using System.Text;
using IoTF.Protocol.Reports;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class StatusReportTests
{
    private const string Old =
        """{"ClientAddr":"195.212.29.68","Protocol":"mqtt-tcp","ClientID":"d:bcaxk:psutil:001","User":"use-token-auth","Time":"2014-07-07T06:37:56.494-04:00","Action":"Connect","ConnectTime":"2014-07-07T06:37:56.493-04:00","Port":1883}""";

    private const string Modern =
        """{"Action":"Connect","Time":"2019-02-14T10:11:12.345Z","ClientAddr":"192.0.2.7","ClientID":"d:abc123:pump:p-001","Port":8883,"Secure":true,"Protocol":"mqtt4","ConnectTime":"2019-02-14T10:11:12.300Z"}""";

    [Fact]
    [Vector("M1")]
    public void A_connect_of_2014_is_read()
    {
        var report = Read(Old);
        Assert.Equal(
            new StatusReport
            {
                Action = "Connect",
                Time = new DateTimeOffset(2014, 7, 7, 10, 37, 56, 494, TimeSpan.Zero),
                ConnectTime = new DateTimeOffset(2014, 7, 7, 10, 37, 56, 493, TimeSpan.Zero),
                ClientId = "d:bcaxk:psutil:001",
                ClientAddress = "195.212.29.68",
                Protocol = "mqtt-tcp",
                User = "use-token-auth",
                Port = 1883,
            },
            report);
        Assert.True(report.IsConnected);
        Assert.Null(report.CloseMeaning);
        Assert.Equal(TimeSpan.Zero, report.Time!.Value.Offset);
    }

    [Fact]
    [Vector("M2")]
    public void A_disconnect_of_2014_has_counts_and_the_normal_end()
    {
        var report = Read(Old.Replace("\"Connect\"", "\"Disconnect\"", StringComparison.Ordinal).Replace(
            "}", ",\"WriteMsg\":0,\"ReadMsg\":872,\"Reason\":\"The connection has completed normally.\",\"ReadBytes\":136507,\"WriteBytes\":32}", StringComparison.Ordinal));
        Assert.Equal((0L, 872L, 136507L, 32L), (report.WriteMessages, report.ReadMessages, report.ReadBytes, report.WriteBytes));
        Assert.Equal("The connection has completed normally.", report.Reason);
        Assert.Null(report.CloseCode);
        Assert.Equal("The client disconnected.", report.CloseMeaning);
        Assert.False(report.IsConnected);
    }

    [Fact]
    [Vector("M3")]
    public void A_connect_of_today_is_read()
    {
        var report = Read(Modern);
        Assert.Equal(("Connect", true, "mqtt4", 8883), (report.Action, report.Secure, report.Protocol, report.Port));
        Assert.Equal(new DateTimeOffset(2019, 2, 14, 10, 11, 12, 345, TimeSpan.Zero), report.Time);
        Assert.True(report.IsConnected);
    }

    [Fact]
    [Vector("M4")]
    public void A_reused_client_id_is_not_read_as_offline()
    {
        var report = Read("""{"Action":"Disconnect","CloseCode":288,"Reason":"The client ID was reused.","ReadBytes":1,"ReadMsg":0,"WriteBytes":4,"WriteMsg":0}""");
        Assert.Equal(288, report.CloseCode);
        Assert.Null(report.IsConnected);
        Assert.Equal("Another connection uses the same ClientId.", report.CloseMeaning);
    }

    [Fact]
    [Vector("M5")]
    public void A_refused_connect_says_nothing_about_a_connection()
    {
        var report = Read("""{"Action":"FailedConnect","CloseCode":180,"Reason":"The operation is not authorized."}""");
        Assert.Equal(("FailedConnect", 180), (report.Action, report.CloseCode));
        Assert.Null(report.IsConnected);
        Assert.Equal("The client is not authorized.", report.CloseMeaning);
    }

    [Fact]
    [Vector("M6")]
    public void An_application_has_a_user_and_may_speak_over_websocket()
    {
        var report = Read("""{"Action":"Connect","ClientID":"a:abc123:dash","User":"a-abc123-k1x2y3z4w5","Protocol":"mqtt4-ws"}""");
        Assert.Equal(("a:abc123:dash", "a-abc123-k1x2y3z4w5", "mqtt4-ws"), (report.ClientId, report.User, report.Protocol));
    }

    [Theory]
    [Vector("M7")]
    [InlineData("Certname")]
    [InlineData("CertName")]
    public void The_certificate_has_a_name_in_either_spelling(string field) =>
        Assert.Equal("d:pump:p-001", Read($$"""{"Action":"Connect","{{field}}":"d:pump:p-001"}""").CertificateName);

    [Fact]
    [Vector("M9")]
    public void An_action_that_is_not_known_passes()
    {
        var report = Read("""{"Action":"Active"}""");
        Assert.Equal("Active", report.Action);
        Assert.Null(report.IsConnected);
        Assert.Null(report.CloseMeaning);
    }

    [Fact]
    [Vector("M10")]
    public void A_close_code_of_0_and_an_empty_reason_are_none()
    {
        var report = Read("""{"Action":"Connect","Durable":false,"CloseCode":0,"Reason":""}""");
        Assert.Null(report.CloseCode);
        Assert.Null(report.Reason);
        Assert.Null(report.CloseMeaning);
        Assert.True(report.IsConnected);
    }

    [Theory]
    [InlineData("""{"Action":5,"Port":"8883","Secure":"true","CloseCode":91.5,"Time":"yesterday","ReadBytes":9e99,"ReadMsg":null}""")]
    [InlineData("""{"Action":"\ud800","Port":"8883","Secure":"true","CloseCode":99999999999}""")]
    public void What_has_another_type_is_absent_and_what_can_be_read_is_read(string json)
    {
        var report = Read(json);
        Assert.Equal(new StatusReport { Port = 8883, Secure = true }, report);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{\"Action\":")]
    [InlineData("{\"\\ud800\":1}")]
    public void What_is_no_object_is_no_report(string json) => Assert.Null(StatusReport.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_byte_order_mark_does_not_matter() => Assert.NotNull(StatusReport.Read((byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Modern)]));

    private static StatusReport Read(string json) => Assert.IsType<StatusReport>(StatusReport.Read(Encoding.UTF8.GetBytes(json)));
}
