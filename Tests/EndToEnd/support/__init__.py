"""Shared by the end-to-end tests: the system under test, its clients, the model of the chat, and raw sockets."""
