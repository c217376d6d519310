using System.Globalization;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>OpenSSL's own TLS server, which speaks one version of TLS only. What clients send after the handshake is its standard output.</summary>
public sealed class OpenSslServer : IAsyncDisposable
{
    private readonly RunningProgram program;

    private OpenSslServer(RunningProgram program, int port)
    {
        this.program = program;
        Port = port;
    }

    /// <summary>The port on 127.0.0.1, chosen by the system.</summary>
    public int Port { get; }

    /// <summary>What the server prints: the text of its clients, and its report of each handshake.</summary>
    public SignalLog<string> Output => program.Output;

    /// <summary>What the server complains of, such as handshakes that failed.</summary>
    public SignalLog<string> Errors => program.Errors;

    public static async Task<OpenSslServer> StartAsync(TlsVersion version, CertificateFiles certificate)
    {
        string[] only = version switch
        {
            // Debian's OpenSSL counts TLS 1.1 as broken and speaks it on security level 0 only.
            TlsVersion.Tls11 => ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
            TlsVersion.Tls12 => ["-tls1_2"],
            _ => ["-tls1_3"],
        };
        var program = RunningProgram.Start(
            DebianProgram.OpenSsl,
            ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate.Certificate, "-key", certificate.Key, .. only],
            lineBuffered: true);
        try
        {
            // "ACCEPT 127.0.0.1:40123": told because the port was left to the system.
            var ready = await program.Output.WaitForAsync(line => line.StartsWith("ACCEPT ", StringComparison.Ordinal));
            return new OpenSslServer(program, int.Parse(ready[(ready.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a client has ended a handshake with success: the server prints the cipher then.</summary>
    public Task WaitForHandshakeAsync() => Output.WaitForAsync(line => line.StartsWith("CIPHER is ", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => program.DisposeAsync();
}
