using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("IoTF.Tests.Unit")]
