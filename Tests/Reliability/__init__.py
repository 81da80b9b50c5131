"""Long programmes that break what EchoChat stands on (disk, power, clock, descriptors, network) and account for every message."""
