System.Console.WriteLine("phoneagent");
