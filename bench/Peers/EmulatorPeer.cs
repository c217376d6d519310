using System.Diagnostics;
using System.Globalization;
using IoTF.Emulator;

namespace IoTF.Bench.Peers;

/// <summary>The local service in a process of its own, so that its memory is its own.</summary>
internal static class EmulatorPeer
{
    public const string Organization = "local1";

    /// <summary>Serves until its input ends, and tells its memory for each line of it.</summary>
    /// <param name="devices">How many devices to register, <c>d0</c>, <c>d1</c> and so on, besides <c>p1</c>.</param>
    /// <param name="token">The token of all of them, and of an API key.</param>
    public static async Task ServeAsync(int devices, string token)
    {
        await using var emulator = await LocalEmulator.StartAsync(
            new EmulatorOptions { Organization = Organization, Port = 0, OfferPlainText = true, PlainPort = 0 }, CancellationToken.None);
        for (var i = 0; i < devices; i++)
        {
            emulator.RegisterDevice(organization: null, "pump", $"d{i}", token);
        }

        emulator.RegisterDevice(organization: null, "pump", "p1", token);
        Console.WriteLine($"key {emulator.CreateApiKey(token: token).ApiKey}");
        var authority = Path.GetTempFileName();
        await File.WriteAllTextAsync(authority, emulator.CertificateAuthority.ExportCertificatePem());
        Console.WriteLine($"authority {authority}");
        Console.WriteLine($"port={emulator.Port}");
        Console.WriteLine($"plainPort={emulator.PlainPort}");
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            Console.WriteLine($"managed={GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture)}");
            Console.WriteLine($"resident={Environment.WorkingSet.ToString(CultureInfo.InvariantCulture)}");
            using var process = Process.GetCurrentProcess();
            Console.WriteLine($"threads={process.Threads.Count}");
            Console.WriteLine($"handles={process.HandleCount}");
        }

        File.Delete(authority);
    }
}
