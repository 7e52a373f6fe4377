System.Console.WriteLine("Benchmarks");
