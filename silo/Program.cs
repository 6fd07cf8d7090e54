using GoTo.Silo;
using GoTo.Silo.Operations;

return await StartUp.Run(() => GoToSilo.Create(args));
