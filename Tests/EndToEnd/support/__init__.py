"""What the end-to-end tests share: the system under test, the people who use it, and ways to misbehave."""
