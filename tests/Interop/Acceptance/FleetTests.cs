using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>The devices of a CSV, side by side over TLS, against a broker that is not ours.</summary>
[Collection(nameof(Alone))]
public sealed class FleetTests : IAsyncLifetime
{
    private const int Devices = 100;

    /// <summary>What a session may cost in managed memory, in bytes.</summary>
    private const long Cost = 100 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TestCertificates certificates = new();
    private readonly TemporaryFolder folder = new();
    private MosquittoBroker broker = null!;

    public async Task InitializeAsync() => broker = await MosquittoBroker.StartAsync(new MosquittoOptions
    {
        Tls = certificates.Server(),
        Users = new Dictionary<string, string> { [Service.DeviceUser] = Service.Token },
    });

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        folder.Dispose();
        certificates.Dispose();
    }

    [Fact]
    public async Task A_hundred_devices_of_a_file_connect_send_and_disconnect_and_a_session_costs_little()
    {
        await using var subscriber = await MosquittoSubscriber.StartAsync(
            new MosquittoClientOptions(broker.PlainPort) { UserName = Service.DeviceUser, Password = Service.Token }, new MosquittoSubscription("iot-2/evt/+/fmt/+"));
        using var engine = new ScriptEngine(ownProcess: true);
        var result = await engine.RunAsync(
            Limit,
            $$"""
            param($file, $authority)
            {{ReadCsv}}
            function Get-Live { foreach ($time in 1..3) { $live = [System.GC]::GetTotalMemory($true) }; $live }

            $rows = @(Read-Csv $file)
            $null = $rows[0..4] | Connect-IoTFDevice -CACertificate $authority
            Get-IoTFSession | Disconnect-IoTFSession
            $before = Get-Live
            $sessions = $rows | Connect-IoTFDevice -CACertificate $authority -ThrottleLimit 32
            $sessions | Send-IoTFEvent online @{ version = 3 }
            ((Get-Live) - $before) / $sessions.Count
            [string]::Join(' ', $sessions.DeviceId)
            @($sessions | Where-Object { $_.State -eq 'Open' -and $_.Acknowledged -eq 1 }).Count
            Get-IoTFSession | Disconnect-IoTFSession
            """,
            WriteFile(Service.Token), certificates.AuthorityFile);

        var output = result.OrFail().Output;
        Assert.InRange(Convert.ToDouble(output[0], System.Globalization.CultureInfo.InvariantCulture), 0, Cost);
        Assert.Equal(string.Join(' ', Enumerable.Range(1, Devices).Select(number => $"p{number}")), output[1]);
        Assert.Equal(Devices, output[2]);
        Assert.All(await subscriber.WaitForMessagesAsync(Devices), message => Assert.Equal("""{"version":3}""", message.Text));
        for (var number = 1; number <= Devices; number++)
        {
            await broker.WaitForDisconnectAsync($"d:abc123:pump:p{number}");
        }
    }

    [Fact]
    public async Task One_device_that_is_refused_is_one_error_and_the_others_connect()
    {
        using var engine = new ScriptEngine(ownProcess: true);
        var result = await engine.RunAsync(
            Limit,
            $$"""
            param($file, $authority)
            {{ReadCsv}}
            $sessions = Read-Csv $file | Connect-IoTFDevice -CACertificate $authority -ErrorVariable faults -ErrorAction SilentlyContinue
            $sessions.Count
            foreach ($fault in $faults) { "$($fault.FullyQualifiedErrorId.Split(',')[0]) $($fault.TargetObject.DeviceId)" }
            Get-IoTFSession | Disconnect-IoTFSession
            """,
            WriteFile(Service.Token, wrong: 50), certificates.AuthorityFile);

        Assert.Equal([Devices - 1, "NotAuthorized p50"], result.Output);
    }

    /// <summary>What <c>Import-Csv</c> does, which the engine alone does not have, and the token as it has to be.</summary>
    private const string ReadCsv =
        """
        function Read-Csv([string] $Path) {
            $lines = [System.IO.File]::ReadAllLines($Path)
            $names = $lines[0].Split(',')
            foreach ($line in $lines[1..($lines.Count - 1)]) {
                $values = $line.Split(',')
                $row = [ordered]@{}
                for ($column = 0; $column -lt $names.Count; $column++) { $row[$names[$column]] = $values[$column] }
                $row.Token = [System.Net.NetworkCredential]::new('', $row.Secret).SecurePassword
                [pscustomobject]$row
            }
        }
        """;

    private string WriteFile(string token, int wrong = 0) => folder.Write(
        "devices.csv",
        string.Join(
            '\n',
            (IEnumerable<string>)
            [
                "Organization,DeviceType,DeviceId,Secret,HostName,Port",
                .. Enumerable.Range(1, Devices).Select(number => $"abc123,pump,p{number},{(number == wrong ? "wrong" : token)},127.0.0.1,{broker.TlsPort}"),
            ]));
}
