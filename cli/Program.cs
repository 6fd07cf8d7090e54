using GoTo.Cli;

return await CommandLine.Run(args, Spectre.Console.AnsiConsole.Console, Console.Out);
