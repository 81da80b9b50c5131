"""The systems that EchoChat is compared with in the same run: the floors, and alternatives."""
