using System.Net;
using System.Net.Sockets;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>
/// Plain text only with <c>-Insecure</c>. The tests listen on both ports of the service on a loopback address that is theirs alone, because
/// here the port numbers themselves are what is tested.
/// </summary>
public sealed class PlainTextTests : IAsyncLifetime
{
    private const int PlainPort = 1883, TlsPort = 8883;

    private readonly IPAddress address = OwnLoopbackAddress();
    private PlainServer plain = null!;
    private PlainServer tls = null!;

    public Task InitializeAsync()
    {
        plain = new PlainServer(endpoint: new IPEndPoint(address, PlainPort));
        tls = new PlainServer(endpoint: new IPEndPoint(address, TlsPort));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await plain.DisposeAsync();
        await tls.DisposeAsync();
    }

    [Fact]
    public async Task Insecure_means_port_1883_in_plain_text_and_a_warning()
    {
        var result = await ConnectAsync("-Insecure");

        Refusals.HasIdAndNextStep("NotMqtt", result);
        var warning = Assert.Single(result.Warnings);
        Assert.Contains("credentials and data can be read on the way", warning, StringComparison.Ordinal);
        Assert.Contains($"{address}:{PlainPort}", warning, StringComparison.Ordinal);
        var sent = Assert.Single(await EverythingSentAsync(plain));
        Assert.Equal(0x10, sent[0]);
        Assert.True(sent.AsSpan().IndexOf("use-token-auth"u8) > 0);
        Assert.Empty(await EverythingSentAsync(tls));
    }

    [Fact]
    public async Task The_warning_comes_each_time()
    {
        Assert.Single((await ConnectAsync("-Insecure")).Warnings);
        Assert.Single((await ConnectAsync("-Insecure")).Warnings);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-ProtocolVersion 3.1")]
    [InlineData("-ProtocolVersion 5.0 -Persistent")]
    [InlineData("-Force")]
    [InlineData("-TlsVersion 1.3")]
    [InlineData("-Insecure:$false")]
    public async Task Without_Insecure_a_TLS_attempt_that_fails_is_the_only_one(string options)
    {
        var result = await ConnectAsync(options);

        Refusals.HasIdAndNextStep("NotTls", result);
        Assert.Empty(result.Warnings);
        OnlyHandshake(Assert.Single(await EverythingSentAsync(tls)));
        Assert.Empty(await EverythingSentAsync(plain));
    }

    [Fact]
    public async Task Without_Insecure_even_port_1883_is_spoken_to_in_TLS()
    {
        var result = await ConnectAsync("-Port 1883");

        Refusals.HasIdAndNextStep("NotTls", result);
        OnlyHandshake(Assert.Single(await EverythingSentAsync(plain)));
        Assert.Empty(await EverythingSentAsync(tls));
    }

    [Fact]
    public async Task Insecure_with_a_port_of_its_own_goes_there_and_nowhere_else()
    {
        var result = await ConnectAsync("-Insecure -Port 8883");

        Assert.Single(result.Warnings);
        Assert.Equal(0x10, Assert.Single(await EverythingSentAsync(tls))[0]);
        Assert.Empty(await EverythingSentAsync(plain));
    }

    private static void OnlyHandshake(byte[] sent)
        => Assert.DoesNotContain(TlsRecords.Kinds(sent), kind => kind is not (TlsContent.Handshake or TlsContent.Alert));

    /// <summary>An address of 127.0.0.0/8 on which nobody else is likely to use the two ports.</summary>
    private static IPAddress OwnLoopbackAddress() => new([127, Part(), Part(), Part()]);

    private static byte Part() => (byte)Random.Shared.Next(1, 255);

    /// <summary>What came over each connection so far. A connection of our own closes the list: connections are accepted in order.</summary>
    private async Task<IReadOnlyList<byte[]>> EverythingSentAsync(PlainServer server)
    {
        using var mine = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await mine.ConnectAsync(address, server.Port);
        await mine.SendAsync("mine"u8.ToArray());
        mine.Shutdown(SocketShutdown.Send);
        List<byte[]> sent = [];
        for (var from = 0; ; from++)
        {
            var connection = await server.Connections.WaitForAsync(_ => true, from: from);
            await connection.WaitForCloseAsync();
            if (connection.Received.Contains("mine"))
            {
                return sent;
            }

            sent.Add(connection.Received.ToArray());
        }
    }

    private async Task<ScriptResult> ConnectAsync(string options)
    {
        using var engine = new ScriptEngine();
        return await engine.RunAsync(
            $"param($token) Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Token $token -HostName {address} {options}",
            Service.Secret(Service.Token));
    }
}
