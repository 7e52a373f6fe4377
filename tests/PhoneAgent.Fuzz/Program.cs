System.Console.WriteLine("Fuzz");
