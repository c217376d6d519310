using System.Reflection;
using System.Runtime.Loader;
using IoTF.PowerShell.Loading;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

/// <summary>
/// PowerShell enumerates the public types of the module's assembly before the module's initialiser makes the other
/// assemblies findable. These tests enumerate them as it does, where the others cannot be found at all.
/// </summary>
public sealed class PublicTypeTests
{
    [Fact]
    public void The_public_types_load_without_the_other_assemblies() =>
        Assert.Empty(AskedForByPublicTypes(typeof(ModuleLifetime).Assembly));

    [Fact]
    public void No_public_member_shows_a_type_of_the_other_assemblies()
    {
        const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var shown =
            from type in typeof(ModuleLifetime).Assembly.ExportedTypes
            from member in type.GetMembers(Everything)
            from used in TypesOf(member)
            where PrivateAssemblies.OwnNames.Contains(used.Assembly.GetName().Name!)
            select $"{type.Name}.{member.Name} shows {used.FullName}";
        Assert.Empty(shown);
    }

    [Fact]
    public void A_public_type_that_embeds_another_assembly_would_be_noticed() =>
        Assert.Contains("xunit.assert", AskedForByPublicTypes(typeof(PublicTypeTests).Assembly, "xunit.assert"));

    /// <summary>Inherits from another assembly, for the test of the test.</summary>
    public sealed class Offender() : Xunit.Sdk.XunitException("never thrown");

    private static IReadOnlyCollection<string> AskedForByPublicTypes(Assembly assembly, params string[] others)
    {
        var alone = new LonelyContext([.. PrivateAssemblies.OwnNames, .. others]);
        try
        {
            _ = alone.LoadFromAssemblyPath(assembly.Location).ExportedTypes.ToList();
        }
        catch (Exception fault) when (fault is IOException or TypeLoadException or ReflectionTypeLoadException)
        {
            alone.Asked.Add(fault.Message);
        }
        finally
        {
            alone.Unload();
        }

        return alone.Asked;
    }

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodBase { IsPublic: false, IsFamily: false, IsFamilyOrAssembly: false } => [],
        FieldInfo { IsPublic: false, IsFamily: false, IsFamilyOrAssembly: false } => [],
        MethodInfo method => method.GetParameters().Select(p => p.ParameterType).Append(method.ReturnType).SelectMany(Parts),
        ConstructorInfo constructor => constructor.GetParameters().Select(p => p.ParameterType).SelectMany(Parts),
        FieldInfo field => Parts(field.FieldType),
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.GenericTypeArguments.SelectMany(Parts).Append(type);

    private sealed class LonelyContext(HashSet<string> missing) : AssemblyLoadContext("alone", isCollectible: true)
    {
        public HashSet<string> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (!missing.Contains(assemblyName.Name!))
            {
                return null;
            }

            Asked.Add(assemblyName.Name!);
            throw new FileNotFoundException($"{assemblyName.Name} is not here.");
        }
    }
}
