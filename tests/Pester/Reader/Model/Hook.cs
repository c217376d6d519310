namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>When a piece of set-up or clean-up runs.</summary>
internal enum Hook
{
    BeforeAll,
    AfterAll,
    BeforeEach,
    AfterEach,
}
