using IoTF.Tests.Interop.Programs;

namespace IoTF.Tests.Interop.Servers;

/// <summary>OpenSSL's own TLS client, for proofs of what a server speaks.</summary>
internal static class OpenSslClient
{
    /// <summary>Tries one handshake with one version of TLS, and hangs up.</summary>
    /// <returns>What the client printed, its end included.</returns>
    public static async Task<(bool Agreed, string Report)> HandshakeAsync(int port, TlsVersion version, string authorityFile)
    {
        string[] only = version switch
        {
            TlsVersion.Tls11 => ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
            TlsVersion.Tls12 => ["-tls1_2"],
            _ => ["-tls1_3"],
        };
        await using var client = RunningProgram.Start(
            DebianProgram.OpenSsl,
            ["s_client", "-connect", $"127.0.0.1:{port}", "-CAfile", authorityFile, "-verify_return_error", "-verify_ip", "127.0.0.1", .. only]);
        client.CloseInput();
        var exitCode = await client.WaitForExitAsync();
        return (exitCode == 0, string.Join('\n', client.Output.Snapshot().Concat(client.Errors.Snapshot())));
    }
}
