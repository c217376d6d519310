using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace IoTF.PowerShell.Payloads;

/// <summary>
/// Dictionaries that are not an <see cref="IDictionary"/>, such as <c>ExpandoObject</c> or read-only dictionaries: to an
/// enumeration they look like a list of pairs, but an object is meant.
/// </summary>
internal static class StringKeyedPairs
{
    private delegate IEnumerable<(string Name, object? Value)> Reader(IEnumerable items);

    private static readonly ConcurrentDictionary<Type, Reader?> Readers = new();

    private static readonly MethodInfo ReadPairs = typeof(StringKeyedPairs).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The pairs of such a dictionary, or <see langword="null"/> when the enumeration is of another kind.</summary>
    internal static IEnumerable<(string Name, object? Value)>? For(IEnumerable items) =>
        items is Array or ArrayList ? null : Readers.GetOrAdd(items.GetType(), FindReader)?.Invoke(items);

    private static Reader? FindReader(Type type)
    {
        foreach (var candidate in type.GetInterfaces())
        {
            if (candidate.IsGenericType
                && candidate.GetGenericTypeDefinition() == typeof(IEnumerable<>)
                && candidate.GenericTypeArguments[0] is { IsGenericType: true } pair
                && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                && pair.GenericTypeArguments[0] == typeof(string)
                && type.GetInterfaces().Any(static i => i.IsGenericType && IsDictionary(i.GetGenericTypeDefinition())))
            {
                return ReadPairs.MakeGenericMethod(pair.GenericTypeArguments[1]).CreateDelegate<Reader>();
            }
        }

        return null;
    }

    private static bool IsDictionary(Type definition) => definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>);

    private static IEnumerable<(string Name, object? Value)> Read<T>(IEnumerable items)
    {
        foreach (var (name, value) in (IEnumerable<KeyValuePair<string, T>>)items)
        {
            yield return (name, value);
        }
    }
}
