using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using IoTF.Emulator;

namespace IoTF.Tests.Windows;

/// <summary>
/// Gives the emulator of this process certificates that were made on Linux: Wine cannot join a certificate and a key that it made, only read both
/// from a PFX file. Nothing of the emulator is made for that, hence reflection.
/// </summary>
internal static class EmulatorAuthority
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    public static void Use(string authorityFile, string serverFile)
    {
        var type = typeof(LocalEmulator).Assembly.GetType("IoTF.Emulator.Certificates.LocalAuthority", throwOnError: true)!;
        var authority = RuntimeHelpers.GetUninitializedObject(type);
        Set(authority, "<Certificate>k__BackingField", X509CertificateLoader.LoadCertificateFromFile(authorityFile));
        Set(authority, "<Server>k__BackingField", X509CertificateLoader.LoadPkcs12FromFile(serverFile, password: null));

        // A Lazy with a value and no state is one whose value was made.
        var ofProcess = type.GetField("Process", Hidden)!.GetValue(obj: null)!;
        Set(ofProcess, "_value", authority);
        Set(ofProcess, "_state", value: null);
    }

    private static void Set(object target, string field, object? value) =>
        (target.GetType().GetField(field, Hidden) ?? throw new MissingFieldException(target.GetType().Name, field)).SetValue(target, value);
}
