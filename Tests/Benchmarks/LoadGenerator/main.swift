// The benchmark's load generator: a plan on standard input, load on the server, what came of it on standard output.
import Glibc

exit(LoadGenerator.main())
