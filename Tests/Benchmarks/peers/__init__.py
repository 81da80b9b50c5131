"""What EchoChat is measured beside, in the same run: the floor, and what others would take instead."""
