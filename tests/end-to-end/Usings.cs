global using Xunit;
using GoTo.EndToEnd.Tests;
using Xunit.Sdk;
using Xunit.v3;

// Audio is paced in real time, and two cores carry silos, rooms, agents and phones: one test at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: ShowProcessOutput]
