// The benchmark's load generator: reads a plan from standard input, puts load on the server, and reports on standard output.
import Glibc

exit(LoadGenerator.main())
