using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Net;
using System.Net.Sockets;
using IoTF.PowerShell.Commands;
using IoTF.PowerShell.Emulation;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

/// <summary>How many connections are made at a time, and what becomes of them at Ctrl+C; driven by a service that never answers.</summary>
public sealed class SideBySideTests : IDisposable
{
    private const int Limit = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpListener _service = new(IPAddress.Loopback, 0);
    private readonly List<int> _pulled = [];
    private readonly Runspace _runspace;

    public SideBySideTests()
    {
        _service.Start();
        var state = InitialSessionState.CreateDefault2();
        state.Commands.Add(new SessionStateCmdletEntry("Connect-IoTFDevice", typeof(ConnectIoTFDeviceCommand), helpFileName: null));
        state.Variables.Add(new SessionStateVariableEntry("pulled", _pulled, description: null));
        state.Variables.Add(new SessionStateVariableEntry("port", ((IPEndPoint)_service.LocalEndpoint).Port, description: null));
        state.Variables.Add(new SessionStateVariableEntry("token", Secrets.Protect("secret"), description: null));
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
    }

    public void Dispose()
    {
        _runspace.Dispose();
        _service.Dispose();
    }

    [Fact]
    public async Task No_more_connections_are_made_at_a_time_than_asked_for_and_Ctrl_C_ends_them_all()
    {
        using var shell = System.Management.Automation.PowerShell.Create(_runspace);
        shell.AddScript(
            $$"""
            1..10 | ForEach-Object { $pulled.Add($_); [pscustomobject]@{ DeviceId = "p$_" } } |
                Connect-IoTFDevice -Organization abc123 -DeviceType pump -Token $token -HostName 127.0.0.1 -Port $port -Insecure -WarningAction SilentlyContinue -ThrottleLimit {{Limit}}
            """);
        var running = shell.InvokeAsync();
        var connections = new List<TcpClient>();
        for (var i = 0; i < Limit; i++)
        {
            connections.Add(await _service.AcceptTcpClientAsync().WaitAsync(Patience));
        }

        // The next object is not even asked for while so many connections are being made.
        Assert.Equal([1, 2, 3], _pulled);

        // One that ends makes room for one.
        connections[1].Dispose();
        connections[1] = await _service.AcceptTcpClientAsync().WaitAsync(Patience);
        Assert.Equal([1, 2, 3, 4], _pulled);

        await shell.StopAsync(callback: null, state: null).WaitAsync(Patience);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running.WaitAsync(Patience));
        foreach (var connection in connections)
        {
            await ExpectEndAsync(connection);
            connection.Dispose();
        }

        Assert.False(_service.Pending());
    }

    private static async Task ExpectEndAsync(TcpClient connection)
    {
        var bytes = new byte[1024];
        try
        {
            while (await connection.GetStream().ReadAsync(bytes).AsTask().WaitAsync(Patience) > 0)
            {
                // The CONNECT.
            }
        }
        catch (IOException)
        {
            // Reset is an end, too.
        }
    }
}
